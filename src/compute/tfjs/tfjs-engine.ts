import {
  add,
  concat,
  elu,
  keep,
  matMul,
  minimum,
  mul,
  relu,
  reshape,
  square,
  step,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tensor1d,
  tensor2d,
  tidy,
} from "@tensorflow/tfjs-core";
import { type AdamArrays, adamStepInto } from "../adam.js";
import { checkBackward, checkFlat, checkForward, checkInputGradients, checkMaxBatch, checkState } from "../checks.js";
import type { AdamSettings, Engine, EngineState } from "../engine.js";
import { type Activation, ceil4, layoutOf, type NetworkLayout, type NetworkSpec } from "../network.js";
import { type BackendSession, onBackend } from "./backend.js";

/** A layer's parameters on the device: W [paddedOut, paddedIn] and b [paddedOut]. */
interface LayerTensors {
  readonly weights: Tensor2D;
  readonly biases: Tensor1D;
}

/**
 * An engine out of tfjs's matrix products, with a backward pass of its own.
 *
 * The device does forward and backward, one read each. The flat arrays of parameters, moments and gradients are on
 * the CPU, where Adam and clipping work on them, so that state goes in and out exactly; the device gets new tensors
 * after each change. Tensors keep the padding of the layout: zero weights and biases make zero activations and zero
 * gradients, so nothing is cut out or filled up on the device. Reads are asynchronous only: a synchronous one
 * returns zeros on webgpu and loses the device.
 */
export class TfjsEngine implements Engine {
  readonly id: Engine["id"];
  readonly layout: NetworkLayout;
  private readonly arrays: AdamArrays<Float32Array>;
  private numSteps = 0;
  private lastBatch = 0;
  /** [batch, ceil4(inputSize)] of the last backward pass, where the network was asked for it. */
  private inputGradients = new Float32Array(0);
  private layers: readonly LayerTensors[] = [];
  /** Of the last forward pass: the inputs [batch, paddedIn], then each layer's output [batch, paddedOut]. */
  private activations: readonly Tensor2D[] = [];
  /** Which of the activations each layer takes. */
  private readonly sources: readonly number[];
  /** Which of the activations are the outputs of the heads. */
  private readonly headOutputs: readonly number[];

  constructor(
    private readonly session: BackendSession,
    network: NetworkSpec,
    readonly maxBatch: number,
  ) {
    checkMaxBatch(maxBatch);
    this.id = `tfjs-${session.name}`;
    const layout = layoutOf(network);
    this.layout = layout;
    this.arrays = {
      parameters: new Float32Array(layout.size),
      gradients: new Float32Array(layout.size),
      firstMoments: new Float32Array(layout.size),
      secondMoments: new Float32Array(layout.size),
    };

    const sources = layout.trunk.map((_, i) => i);
    this.headOutputs = layout.heads.map((head) => {
      head.layers.forEach((_, i) => {
        sources.push(i === 0 ? layout.trunk.length : sources.length);
      });
      return sources.length;
    });
    this.sources = sources;
    this.upload();
  }

  get bytes(): number {
    const tensors = [...this.layers.flatMap(({ weights, biases }) => [weights, biases]), ...this.activations];
    return tensors.reduce((bytes, tensor) => bytes + 4 * tensor.size, 4 * this.arrays.parameters.byteLength);
  }

  forward(inputs: Float32Array, batch: number, outputs: Float32Array): Promise<void> {
    checkForward(this, inputs, batch, outputs);
    const { spec, layers, heads, outputSize } = this.layout;
    for (const tensor of this.activations) tensor.dispose();
    const joined = onBackend(this.session, () =>
      tidy(() => {
        const activations = [rows(inputs, 0, spec.inputSize, spec.inputSize, batch)];
        layers.forEach((layer, i) => {
          const { weights, biases } = this.layers[i];
          const total = add<Tensor2D>(matMul(activations[this.sources[i]], weights, false, true), biases);
          activations.push(layer.activated ? activate(spec.activation, total) : total);
        });
        this.activations = activations.map((tensor) => keep(tensor));
        return concat(
          this.headOutputs.map((i) => activations[i]),
          1,
        );
      }),
    );
    this.lastBatch = batch;
    return this.read(joined).then((values) => {
      const width = joined.shape[1];
      let column = 0;
      for (const head of heads) {
        for (let row = 0; row < batch; row++) {
          for (let o = 0; o < head.outputSize; o++) {
            outputs[row * outputSize + head.outputOffset + o] = values[row * width + column + o];
          }
        }
        column += ceil4(head.outputSize);
      }
    });
  }

  backward(outputGradients: Float32Array, batch: number, freeGradients?: Float32Array): Promise<void> {
    checkBackward(this, this.lastBatch, outputGradients, batch, freeGradients);
    const { freeOffset, freeSize } = this.layout;
    const flat = onBackend(this.session, () => tidy(() => this.backpropagate(outputGradients, batch)));
    const free = freeGradients?.slice(0, freeSize);
    return this.read(flat).then((values) => {
      this.arrays.gradients.fill(0);
      this.arrays.gradients.set(values.subarray(0, freeOffset));
      this.inputGradients = values.slice(freeOffset);
      if (free) this.arrays.gradients.set(free, freeOffset);
    });
  }

  fillInputGradients(gradients: Float32Array, batch: number): void {
    checkInputGradients(this, this.lastBatch, gradients, batch);
    const { inputSize } = this.layout.spec;
    for (let row = 0; row < batch; row++) {
      for (let i = 0; i < inputSize; i++) {
        gradients[row * inputSize + i] = this.inputGradients[row * ceil4(inputSize) + i];
      }
    }
  }

  adamStep(settings: AdamSettings): number {
    this.numSteps++;
    const norm = adamStepInto(this.arrays, this.numSteps, settings);
    this.upload();
    return norm;
  }

  fillFree(free: Float32Array): void {
    const { freeOffset, freeSize } = this.layout;
    free.set(this.arrays.parameters.subarray(freeOffset, freeOffset + freeSize));
  }

  getParameters(): Float32Array {
    return this.arrays.parameters.slice();
  }

  setParameters(parameters: ArrayLike<number>): void {
    checkFlat(this.layout, "parameters", parameters);
    this.arrays.parameters.set(parameters);
    this.upload();
  }

  getGradients(): Float32Array {
    return this.arrays.gradients.slice();
  }

  getState(): EngineState {
    return {
      parameters: this.arrays.parameters.slice(),
      firstMoments: this.arrays.firstMoments.slice(),
      secondMoments: this.arrays.secondMoments.slice(),
      numSteps: this.numSteps,
    };
  }

  setState(state: EngineState): void {
    checkState(this.layout, state);
    this.setParameters(state.parameters);
    this.arrays.firstMoments.set(state.firstMoments);
    this.arrays.secondMoments.set(state.secondMoments);
    this.numSteps = state.numSteps;
  }

  dispose(): void {
    this.disposeLayers();
    for (const tensor of this.activations) tensor.dispose();
    this.activations = [];
    this.lastBatch = 0;
  }

  /**
   * From the outputs back to the inputs; d(loss)/d(parameters) [freeOffset], in the order of the layout, then
   * d(loss)/d(inputs) where it was asked for.
   */
  private backpropagate(outputGradients: Float32Array, batch: number): Tensor1D {
    const { spec, layers, heads, outputSize } = this.layout;
    // d(loss)/d(activation) for each of the activations, as far as it is known.
    const slopes: (Tensor2D | undefined)[] = [];
    heads.forEach((head, h) => {
      slopes[this.headOutputs[h]] = rows(outputGradients, head.outputOffset, head.outputSize, outputSize, batch);
    });
    const parts: Tensor1D[] = [];
    // Heads come after the trunk, so backwards every gradient is complete when its layer's turn comes.
    for (let i = layers.length - 1; i >= 0; i--) {
      const above = slopes[i + 1];
      if (!above) throw new RangeError(`expected a gradient above layer ${i}, got none`);
      const source = this.sources[i];
      const delta = layers[i].activated
        ? mul<Tensor2D>(above, slopeAt(spec.activation, this.activations[i + 1]))
        : above;
      parts.unshift(flatten(matMul(delta, this.activations[source], true, false)), sum<Tensor1D>(delta, 0));
      if (source === 0 && !spec.inputGradients) continue;
      const below = matMul<Tensor2D>(delta, this.layers[i].weights);
      const known = slopes[source];
      slopes[source] = known ? add<Tensor2D>(known, below) : below;
    }
    if (slopes[0]) parts.push(flatten(slopes[0]));
    return concat(parts);
  }

  /** Puts the flat parameters on the device, as new tensors. */
  private upload(): void {
    this.disposeLayers();
    this.layers = onBackend(this.session, () =>
      this.layout.layers.map(({ weights, biases, paddedIn, paddedOut }) => ({
        // A tensor may keep the array it was made of, so each gets a copy.
        weights: keep(tensor2d(this.arrays.parameters.slice(weights, biases), [paddedOut, paddedIn])),
        biases: keep(tensor1d(this.arrays.parameters.slice(biases, biases + paddedOut))),
      })),
    );
  }

  private disposeLayers(): void {
    for (const { weights, biases } of this.layers) {
      weights.dispose();
      biases.dispose();
    }
    this.layers = [];
  }

  /** Waits for a tensor's values and releases it. */
  private async read(tensor: Tensor1D | Tensor2D): Promise<Float32Array> {
    try {
      const values = tensor.data<"float32">();
      return await (this.session.graphics?.wait(values) ?? values);
    } finally {
      tensor.dispose();
    }
  }
}

/** A tensor [batch, ceil4(size)] of `size` columns, from `offset` on, of dense rows of `width`. */
function rows(from: Float32Array, offset: number, size: number, width: number, batch: number): Tensor2D {
  const padded = ceil4(size);
  const values = new Float32Array(batch * padded);
  for (let row = 0; row < batch; row++) {
    for (let i = 0; i < size; i++) values[row * padded + i] = from[row * width + offset + i];
  }
  return tensor2d(values, [batch, padded]);
}

const flatten = (matrix: Tensor2D): Tensor1D => reshape(matrix, [matrix.size]);

function activate(activation: Activation, total: Tensor2D): Tensor2D {
  switch (activation) {
    case "tanh":
      return tanh(total);
    case "relu":
      return relu(total);
    case "elu":
      return elu(total);
    default:
      return activation satisfies never;
  }
}

/** The activation's derivative, told by its output: 1 − y² for tanh; where y > 0, 1, else 0 for relu, y + 1 for elu. */
function slopeAt(activation: Activation, output: Tensor2D): Tensor2D {
  switch (activation) {
    case "tanh":
      return sub<Tensor2D>(1, square(output));
    case "relu":
      return step(output);
    case "elu":
      return add<Tensor2D>(minimum(output, 0), 1);
    default:
      return activation satisfies never;
  }
}
