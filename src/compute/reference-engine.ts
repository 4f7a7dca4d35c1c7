import { checkBackward, checkFlat, checkForward, checkInputGradients, checkMaxBatch, checkState } from "./checks.js";
import type { AdamSettings, Engine, EngineState } from "./engine.js";
import { type Activation, type LayerLayout, layoutOf, type NetworkLayout, type NetworkSpec } from "./network.js";

/** Any real array that the reference reads or fills; the other engines take float32 only. */
type Reals = Float32Array | Float64Array;

/** One layer at work: what went in, what came out, and d(loss)/d(out), each [maxBatch, size] without padding. */
interface LayerRecord {
  readonly layer: LayerLayout;
  readonly input: Float64Array;
  readonly output: Float64Array;
  readonly outputGradient: Float64Array;
  /** The same array as the `outputGradient` of the layer below; below the first layer that of the inputs, or null. */
  readonly inputGradient: Float64Array | null;
}

/**
 * The specification of an engine in plain TypeScript: float64, no blocking, one loop per index.
 *
 * It is the oracle of all other engines, and the fallback where there is no WebAssembly SIMD. Beyond the interface
 * it takes float64 inputs and gradients, so that it can be compared with other float64 programs.
 */
export class ReferenceEngine implements Engine {
  readonly id = "reference";
  readonly layout: NetworkLayout;
  private readonly parameters: Float64Array;
  private readonly gradients: Float64Array;
  private readonly firstMoments: Float64Array;
  private readonly secondMoments: Float64Array;
  private numSteps = 0;
  private lastBatch = 0;
  private readonly inputs: Float64Array;
  /** d(loss)/d(inputs) [maxBatch, inputSize]; null where nobody asked for it. */
  private readonly inputGradients: Float64Array | null;
  private readonly trunk: readonly LayerRecord[];
  private readonly heads: readonly (readonly LayerRecord[])[];

  constructor(
    network: NetworkSpec,
    readonly maxBatch: number,
  ) {
    checkMaxBatch(maxBatch);
    const layout = layoutOf(network);
    this.layout = layout;
    this.parameters = new Float64Array(layout.size);
    this.gradients = new Float64Array(layout.size);
    this.firstMoments = new Float64Array(layout.size);
    this.secondMoments = new Float64Array(layout.size);
    this.inputs = new Float64Array(maxBatch * network.inputSize);
    this.inputGradients = network.inputGradients ? new Float64Array(this.inputs.length) : null;
    this.trunk = this.recordsOf(layout.trunk, undefined);
    this.heads = layout.heads.map((head) => this.recordsOf(head.layers, this.trunk.at(-1)));
  }

  get bytes(): number {
    const records = [...this.trunk, ...this.heads.flat()];
    const activations = records.reduce((sum, { output }) => sum + 2 * output.byteLength, this.inputs.byteLength);
    return 4 * this.parameters.byteLength + activations;
  }

  forward(inputs: Reals, batch: number, outputs: Reals): void {
    checkForward(this, inputs, batch, outputs);
    const { spec, outputSize } = this.layout;
    for (let i = 0; i < batch * spec.inputSize; i++) this.inputs[i] = inputs[i];
    for (const record of this.trunk) this.forwardLayer(record, batch);
    this.layout.heads.forEach((head, index) => {
      for (const record of this.heads[index]) this.forwardLayer(record, batch);
      const last = this.heads[index][head.layers.length - 1].output;
      for (let row = 0; row < batch; row++) {
        for (let o = 0; o < head.outputSize; o++) {
          outputs[row * outputSize + head.outputOffset + o] = last[row * head.outputSize + o];
        }
      }
    });
    this.lastBatch = batch;
  }

  backward(outputGradients: Reals, batch: number, freeGradients?: Reals): void {
    checkBackward(this, this.lastBatch, outputGradients, batch, freeGradients);
    const { outputSize, freeOffset, freeSize } = this.layout;
    this.gradients.fill(0);
    this.inputGradients?.fill(0);
    // The heads add their shares of the gradient of the trunk's output, so it starts at zero.
    for (const { outputGradient } of [...this.trunk, ...this.heads.flat()]) outputGradient.fill(0);
    this.layout.heads.forEach((head, index) => {
      const records = this.heads[index];
      const last = records[records.length - 1].outputGradient;
      for (let row = 0; row < batch; row++) {
        for (let o = 0; o < head.outputSize; o++) {
          last[row * head.outputSize + o] = outputGradients[row * outputSize + head.outputOffset + o];
        }
      }
      for (const record of records.toReversed()) this.backwardLayer(record, batch);
    });
    for (const record of this.trunk.toReversed()) this.backwardLayer(record, batch);
    for (let i = 0; i < freeSize; i++) this.gradients[freeOffset + i] = freeGradients?.[i] ?? 0;
  }

  fillInputGradients(gradients: Reals, batch: number): void {
    checkInputGradients(this, this.lastBatch, gradients, batch);
    const { inputGradients } = this;
    if (!inputGradients) return;
    for (let i = 0; i < batch * this.layout.spec.inputSize; i++) gradients[i] = inputGradients[i];
  }

  adamStep({ learningRate, beta1, beta2, epsilon, maxNorm }: AdamSettings): number {
    let squares = 0;
    for (const gradient of this.gradients) squares += gradient * gradient;
    const norm = Math.sqrt(squares);
    const scale = maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;

    this.numSteps++;
    const correction1 = 1 - beta1 ** this.numSteps;
    const correction2 = 1 - beta2 ** this.numSteps;
    for (let i = 0; i < this.parameters.length; i++) {
      const gradient = scale * this.gradients[i];
      this.firstMoments[i] = beta1 * this.firstMoments[i] + (1 - beta1) * gradient;
      this.secondMoments[i] = beta2 * this.secondMoments[i] + (1 - beta2) * gradient * gradient;
      const mean = this.firstMoments[i] / correction1;
      const deviation = Math.sqrt(this.secondMoments[i] / correction2);
      this.parameters[i] -= (learningRate * mean) / (deviation + epsilon);
    }
    return norm;
  }

  fillFree(free: Reals): void {
    for (let i = 0; i < this.layout.freeSize; i++) free[i] = this.parameters[this.layout.freeOffset + i];
  }

  getParameters(): Float64Array {
    return this.parameters.slice();
  }

  setParameters(parameters: ArrayLike<number>): void {
    checkFlat(this.layout, "parameters", parameters);
    this.parameters.set(parameters);
  }

  getGradients(): Float64Array {
    return this.gradients.slice();
  }

  getState(): EngineState {
    return {
      parameters: this.parameters.slice(),
      firstMoments: this.firstMoments.slice(),
      secondMoments: this.secondMoments.slice(),
      numSteps: this.numSteps,
    };
  }

  setState(state: EngineState): void {
    checkState(this.layout, state);
    this.parameters.set(state.parameters);
    this.firstMoments.set(state.firstMoments);
    this.secondMoments.set(state.secondMoments);
    this.numSteps = state.numSteps;
  }

  /** Nothing to release: the garbage collector sees everything this engine holds. */
  dispose(): void {}

  /** y = f(W x + b), for every row of the batch. */
  private forwardLayer({ layer, input, output }: LayerRecord, batch: number): void {
    const { parameters } = this;
    const { activation } = this.layout.spec;
    const { inSize, outSize, paddedIn, weights, biases, activated } = layer;
    for (let row = 0; row < batch; row++) {
      for (let o = 0; o < outSize; o++) {
        let sum = parameters[biases + o];
        for (let i = 0; i < inSize; i++) sum += parameters[weights + o * paddedIn + i] * input[row * inSize + i];
        output[row * outSize + o] = activated ? activate(activation, sum) : sum;
      }
    }
  }

  /** dW += f'(y) dy xᵀ, db += f'(y) dy, dx += Wᵀ f'(y) dy, summed over the rows of the batch. */
  private backwardLayer(record: LayerRecord, batch: number): void {
    const { parameters, gradients } = this;
    const { activation } = this.layout.spec;
    const { layer, input, output, outputGradient, inputGradient } = record;
    const { inSize, outSize, paddedIn, weights, biases, activated } = layer;
    for (let row = 0; row < batch; row++) {
      for (let o = 0; o < outSize; o++) {
        const index = row * outSize + o;
        const gradient = (activated ? slopeAt(activation, output[index]) : 1) * outputGradient[index];
        const from = weights + o * paddedIn;
        const to = row * inSize;
        gradients[biases + o] += gradient;
        for (let i = 0; i < inSize; i++) gradients[from + i] += gradient * input[to + i];
        if (!inputGradient) continue;
        for (let i = 0; i < inSize; i++) inputGradient[to + i] += gradient * parameters[from + i];
      }
    }
  }

  /** Chains layers: each one's input is the output of the one before, the first one's that of `below`. */
  private recordsOf(layers: readonly LayerLayout[], below: LayerRecord | undefined): LayerRecord[] {
    const records: LayerRecord[] = [];
    for (const layer of layers) {
      const previous = records.at(-1) ?? below;
      records.push({
        layer,
        input: previous?.output ?? this.inputs,
        output: new Float64Array(this.maxBatch * layer.outSize),
        outputGradient: new Float64Array(this.maxBatch * layer.outSize),
        inputGradient: previous ? previous.outputGradient : this.inputGradients,
      });
    }
    return records;
  }
}

function activate(activation: Activation, sum: number): number {
  switch (activation) {
    case "tanh":
      return Math.tanh(sum);
    case "relu":
      return Math.max(0, sum);
    case "elu":
      return sum > 0 ? sum : Math.expm1(sum);
    default:
      return activation satisfies never;
  }
}

/** The activation's derivative, told by its output: 1 − y² for tanh; where y > 0, 1, else 0 for relu, y + 1 for elu. */
function slopeAt(activation: Activation, output: number): number {
  switch (activation) {
    case "tanh":
      return 1 - output * output;
    case "relu":
      return output > 0 ? 1 : 0;
    case "elu":
      return output > 0 ? 1 : output + 1;
    default:
      return activation satisfies never;
  }
}

/** Makes the reference engine of a network. */
export const createReferenceEngine = (network: NetworkSpec, maxBatch: number): Engine =>
  new ReferenceEngine(network, maxBatch);
