import type { AdamSettings, Engine, EngineState } from "../../compute/engine.js";
import { initialParameters } from "../../compute/initialise.js";
import type { Packable } from "../../core/pack.js";
import { RandomStream } from "../../core/random.js";
import { softmaxInto } from "../policies/mlp.js";
import type { SerialisedPolicy } from "../policies/policy.js";
import { type Examples, type FitReport, type Learner, type LearnerSizes, largestIndex } from "./learner.js";
import type { GatedNetworkSettings } from "./shape.js";
import { sigmoid } from "./sigmoid.js";

/**
 * The behaviour function as a network: a sigmoid layer of the state, multiplied unit by unit with a sigmoid layer of
 * the command, then ReLU layers and a softmax.
 *
 * The engine computes everything after the product; the two layers before it are too small to matter and learn here,
 * through the gradient of the engine's inputs. One `fit` is one Adam step on the cross-entropy.
 * Source: Srivastava et al. 2019, arXiv:1912.02877, appendix; Cardenas-Cartagena et al. 2025, arXiv:2411.11457.
 */
export class GatedNetwork implements Learner {
  readonly incremental = true;
  readonly fitted = true;
  /** Both sigmoid layers: W [gateWidth, inputSize], the last two columns for the command; then their two biases. */
  private readonly gate: Float64Array;
  private readonly gateGradients: Float64Array;
  private readonly firstMoments: Float64Array;
  private readonly secondMoments: Float64Array;
  private numSteps = 0;
  /** [maxBatch, gateWidth] activations of either layer, and their product as the engine takes it. */
  private readonly ofState: Float64Array;
  private readonly ofCommand: Float64Array;
  private readonly product: Float32Array;
  private readonly productGradients: Float32Array;
  private readonly logits: Float32Array;
  private readonly logitGradients: Float32Array;

  constructor(
    private readonly engine: Engine,
    private readonly sizes: LearnerSizes,
    private readonly settings: GatedNetworkSettings,
    seed: number,
  ) {
    const { gateWidth } = settings;
    const { inputSize, numActions } = sizes;
    const { maxBatch } = engine;
    this.gate = new Float64Array(gateWidth * (inputSize + 2));
    this.gateGradients = new Float64Array(this.gate.length);
    this.firstMoments = new Float64Array(this.gate.length);
    this.secondMoments = new Float64Array(this.gate.length);
    this.ofState = new Float64Array(maxBatch * gateWidth);
    this.ofCommand = new Float64Array(maxBatch * gateWidth);
    this.product = new Float32Array(maxBatch * gateWidth);
    this.productGradients = new Float32Array(maxBatch * gateWidth);
    this.logits = new Float32Array(maxBatch * numActions);
    this.logitGradients = new Float32Array(maxBatch * numActions);

    const stream = new RandomStream(seed, "udrl/initialise");
    engine.setParameters(initialParameters(engine.layout, stream));
    // As `torch.nn.Linear` begins: uniform within ±1/√inputs, each layer by its own inputs.
    const draw = (numInputs: number) => (2 * stream.uniform() - 1) / Math.sqrt(numInputs);
    const numState = inputSize - 2;
    for (let unit = 0; unit < gateWidth; unit++) {
      for (let i = 0; i < inputSize; i++) this.gate[unit * inputSize + i] = draw(i < numState ? numState : 2);
      this.gate[gateWidth * inputSize + unit] = draw(numState);
      this.gate[gateWidth * (inputSize + 1) + unit] = draw(2);
    }
  }

  fit({ inputs, labels }: Examples): FitReport | Promise<FitReport> {
    const forward = this.forward(inputs, labels.length);
    if (forward) return forward.then(() => this.learn(inputs, labels));
    return this.learn(inputs, labels);
  }

  fillScores(inputs: Float32Array, numRows: number, scores: Float32Array, first = 0): void | Promise<void> {
    const { numActions, inputSize } = this.sizes;
    for (let start = first; start < numRows; start += this.engine.maxBatch) {
      const count = Math.min(this.engine.maxBatch, numRows - start);
      const read = () => {
        for (let row = 0; row < count; row++) {
          softmaxInto(this.logits, row * numActions, numActions, scores, (start + row) * numActions);
        }
      };
      const part = start === 0 ? inputs : inputs.subarray(start * inputSize);
      const pending = this.forward(part, count);
      if (pending) {
        return pending.then(() => {
          read();
          return this.fillScores(inputs, numRows, scores, start + count);
        });
      }
      read();
    }
  }

  async getState(): Promise<Packable> {
    return {
      engine: await this.engine.getState(),
      gate: this.gate.slice(),
      firstMoments: this.firstMoments.slice(),
      secondMoments: this.secondMoments.slice(),
      numSteps: this.numSteps,
    };
  }

  setState(packed: Packable): void {
    const state = packed as unknown as GatedState;
    this.engine.setState(state.engine);
    this.gate.set(state.gate);
    this.firstMoments.set(state.firstMoments);
    this.secondMoments.set(state.secondMoments);
    this.numSteps = state.numSteps;
  }

  async serialise(): Promise<SerialisedPolicy> {
    return {
      kind: "mlp",
      gate: { width: this.settings.gateWidth, inputSize: this.sizes.inputSize, parameters: this.gate.slice() },
      network: JSON.parse(JSON.stringify(this.engine.layout.spec)),
      parameters: await this.engine.getParameters(),
    };
  }

  dispose(): void {
    this.engine.dispose();
  }

  /** Parameters of the gate, in the order of its layout, and the gradients of the last `fit`: for tests. */
  get gateParameters(): { readonly values: Float64Array; readonly gradients: Float64Array } {
    return { values: this.gate, gradients: this.gateGradients };
  }

  /** Fills the logits of `numRows` rows. */
  private forward(inputs: Float32Array, numRows: number): void | Promise<void> {
    const { gate, ofState, ofCommand, product } = this;
    const { inputSize } = this.sizes;
    const { gateWidth } = this.settings;
    const numState = inputSize - 2;
    const stateBiases = gateWidth * inputSize;
    const commandBiases = stateBiases + gateWidth;
    for (let row = 0; row < numRows; row++) {
      const from = row * inputSize;
      for (let unit = 0; unit < gateWidth; unit++) {
        const line = unit * inputSize;
        let state = gate[stateBiases + unit];
        for (let i = 0; i < numState; i++) state += gate[line + i] * inputs[from + i];
        const command =
          gate[commandBiases + unit] +
          gate[line + numState] * inputs[from + numState] +
          gate[line + numState + 1] * inputs[from + numState + 1];
        const at = row * gateWidth + unit;
        ofState[at] = sigmoid(state);
        ofCommand[at] = sigmoid(command);
        product[at] = ofState[at] * ofCommand[at];
      }
    }
    return this.engine.forward(product, numRows, this.logits);
  }

  private learn(inputs: Float32Array, labels: Int32Array): FitReport | Promise<FitReport> {
    const report = this.fillLogitGradients(labels);
    const backward = this.engine.backward(this.logitGradients, labels.length);
    if (backward) return backward.then(() => this.update(inputs, labels.length)).then(() => report);
    const pending = this.update(inputs, labels.length);
    return pending ? pending.then(() => report) : report;
  }

  /** Cross-entropy of the softmax, or of the softmax of the softmax, and its slope in the logits. */
  private fillLogitGradients(labels: Int32Array): FitReport {
    const { logits, logitGradients } = this;
    const { numActions } = this.sizes;
    const { doubleSoftmax } = this.settings;
    const numRows = labels.length;
    const once = new Float32Array(numActions);
    const twice = new Float32Array(numActions);
    let correct = 0;
    let loss = 0;
    for (let row = 0; row < numRows; row++) {
      const from = row * numActions;
      const label = labels[row];
      softmaxInto(logits, from, numActions, once, 0);
      if (largestIndex(once, 0, numActions) === label) correct++;
      const outer = doubleSoftmax ? twice : once;
      if (doubleSoftmax) softmaxInto(once, 0, numActions, twice, 0);
      loss -= Math.log(Math.max(outer[label], 1e-9));
      let mean = 0;
      if (doubleSoftmax) for (let i = 0; i < numActions; i++) mean += once[i] * (twice[i] - (i === label ? 1 : 0));
      for (let i = 0; i < numActions; i++) {
        const slope = outer[i] - (i === label ? 1 : 0);
        logitGradients[from + i] = (doubleSoftmax ? once[i] * (slope - mean) : slope) / numRows;
      }
    }
    return { accuracy: correct / numRows, loss: loss / numRows };
  }

  /** One Adam step of the engine and one of the gate. */
  private update(inputs: Float32Array, numRows: number): void | Promise<void> {
    this.engine.fillInputGradients(this.productGradients, numRows);
    this.fillGateGradients(inputs, numRows);
    const settings = { learningRate: this.settings.learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: 0 };
    this.gateStep(settings);
    const norm = this.engine.adamStep(settings);
    if (typeof norm !== "number") return norm.then(() => undefined);
  }

  /** The product rule, then σ' = σ (1 − σ). */
  private fillGateGradients(inputs: Float32Array, numRows: number): void {
    const { gateGradients, ofState, ofCommand, productGradients } = this;
    const { inputSize } = this.sizes;
    const { gateWidth } = this.settings;
    const numState = inputSize - 2;
    const stateBiases = gateWidth * inputSize;
    const commandBiases = stateBiases + gateWidth;
    gateGradients.fill(0);
    for (let row = 0; row < numRows; row++) {
      const from = row * inputSize;
      for (let unit = 0; unit < gateWidth; unit++) {
        const at = row * gateWidth + unit;
        const line = unit * inputSize;
        const both = productGradients[at] * ofState[at] * ofCommand[at];
        const state = both * (1 - ofState[at]);
        const command = both * (1 - ofCommand[at]);
        for (let i = 0; i < numState; i++) gateGradients[line + i] += state * inputs[from + i];
        gateGradients[line + numState] += command * inputs[from + numState];
        gateGradients[line + numState + 1] += command * inputs[from + numState + 1];
        gateGradients[stateBiases + unit] += state;
        gateGradients[commandBiases + unit] += command;
      }
    }
  }

  /** Adam as the engines do it. */
  private gateStep({ learningRate, beta1, beta2, epsilon }: AdamSettings): void {
    const { gate, gateGradients, firstMoments, secondMoments } = this;
    this.numSteps++;
    const correction1 = 1 - beta1 ** this.numSteps;
    const correction2 = 1 - beta2 ** this.numSteps;
    for (let i = 0; i < gate.length; i++) {
      const gradient = gateGradients[i];
      firstMoments[i] = beta1 * firstMoments[i] + (1 - beta1) * gradient;
      secondMoments[i] = beta2 * secondMoments[i] + (1 - beta2) * gradient * gradient;
      gate[i] -=
        (learningRate * (firstMoments[i] / correction1)) / (Math.sqrt(secondMoments[i] / correction2) + epsilon);
    }
  }
}

interface GatedState {
  readonly engine: EngineState;
  readonly gate: Float64Array;
  readonly firstMoments: Float64Array;
  readonly secondMoments: Float64Array;
  readonly numSteps: number;
}
