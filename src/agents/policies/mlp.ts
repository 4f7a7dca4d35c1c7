import type { Engine } from "../../compute/engine.js";
import type { RandomStream } from "../../core/random.js";
import type { ActionSpace } from "../../core/spaces.js";
import { normaliseRowsInto, type RunningStatistics } from "../normaliser.js";
import type { Policy, SerialisedPolicy } from "./policy.js";

/** How the network's outputs become an action. */
export type MlpHead =
  /** Logits of a categorical distribution; deterministic: the most probable action. */
  | { readonly kind: "categorical" }
  /** Means of a diagonal Gaussian whose log standard deviations are the network's free parameters. */
  | { readonly kind: "gaussian" }
  /** Action values, with ε-greedy exploration when a stream is given; `dueling` outputs V then A. */
  | { readonly kind: "values"; readonly dueling: boolean; epsilon: number };

/** Writes softmax(logits) of `n` entries from `outputs` at `from` into `out` at `to`. */
export function softmaxInto(outputs: Float32Array, from: number, n: number, out: Float32Array, to: number): void {
  let largest = outputs[from];
  for (let i = 1; i < n; i++) largest = Math.max(largest, outputs[from + i]);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.exp(outputs[from + i] - largest);
  for (let i = 0; i < n; i++) out[to + i] = Math.exp(outputs[from + i] - largest) / sum;
}

/** A neural policy: an engine's network, an optional normaliser of observations, and a head. */
export class MlpPolicy implements Policy {
  private readonly outputs: Float32Array;
  private readonly rows: Float32Array;
  private readonly observationSize: number;

  constructor(
    private readonly engine: Engine,
    private readonly action: ActionSpace,
    readonly head: MlpHead,
    private readonly normaliser: RunningStatistics | null,
  ) {
    this.observationSize = engine.layout.spec.inputSize;
    this.outputs = new Float32Array(engine.maxBatch * engine.layout.outputSize);
    this.rows = new Float32Array(engine.maxBatch * this.observationSize);
  }

  act(
    observations: Float32Array,
    _commands: Float32Array | null,
    actions: Float32Array,
    stream: RandomStream | null,
  ): void | Promise<void> {
    const numRows = observations.length / this.observationSize;
    return this.inChunks(observations, numRows, (first, count) => {
      for (let row = 0; row < count; row++) this.actOn(row, first + row, actions, stream);
    });
  }

  /**
   * Fills `scores` [n, numActions]: probabilities of a categorical policy, values of a value policy. Nothing for a
   * Gaussian one.
   */
  actionScores(observations: Float32Array, scores: Float32Array): void | Promise<void> {
    const n = this.numActions;
    if (this.head.kind === "gaussian") return;
    return this.inChunks(observations, observations.length / this.observationSize, (first, count) => {
      for (let row = 0; row < count; row++) {
        const from = row * this.engine.layout.outputSize;
        const to = (first + row) * n;
        if (this.head.kind === "categorical") softmaxInto(this.outputs, from, n, scores, to);
        else for (let i = 0; i < n; i++) scores[to + i] = this.valueAt(from, i);
      }
    });
  }

  async serialise(): Promise<SerialisedPolicy> {
    return {
      kind: "mlp",
      head: { ...this.head },
      network: JSON.parse(JSON.stringify(this.engine.layout.spec)),
      parameters: await this.engine.getParameters(),
      normaliser: this.normaliser?.getState() ?? null,
    };
  }

  private get numActions(): number {
    return this.action.kind === "discrete" ? this.action.names.length : this.action.features.length;
  }

  /** Runs the network over all rows, at most `maxBatch` at a time; `use` reads the outputs of one chunk. */
  private inChunks(
    observations: Float32Array,
    numRows: number,
    use: (first: number, count: number) => void,
    first = 0,
  ): void | Promise<void> {
    const { maxBatch } = this.engine;
    for (let start = first; start < numRows; start += maxBatch) {
      const count = Math.min(maxBatch, numRows - start);
      const chunk =
        count === numRows
          ? observations
          : observations.subarray(start * this.observationSize, (start + count) * this.observationSize);
      let inputs = chunk;
      if (this.normaliser) {
        normaliseRowsInto(this.normaliser, chunk, count, this.rows);
        inputs = this.rows;
      }
      const pending = this.engine.forward(inputs, count, this.outputs);
      if (pending) {
        return pending.then(() => {
          use(start, count);
          return this.inChunks(observations, numRows, use, start + maxBatch);
        });
      }
      use(start, count);
    }
  }

  private actOn(row: number, copy: number, actions: Float32Array, stream: RandomStream | null): void {
    const from = row * this.engine.layout.outputSize;
    const n = this.numActions;
    if (this.head.kind === "categorical") {
      actions[copy] = stream ? sampleCategorical(this.outputs, from, n, stream.uniform(copy)) : this.best(from, n);
    } else if (this.head.kind === "values") {
      const explore = stream !== null && stream.uniform(copy) < this.head.epsilon;
      actions[copy] = explore ? stream.integer(n, copy) : this.best(from, n);
    } else {
      const logStd = new Float32Array(n);
      if (stream) this.engine.fillFree(logStd);
      for (let i = 0; i < n; i++) {
        const noise = stream ? Math.exp(logStd[i]) * stream.normal(copy) : 0;
        actions[copy * n + i] = clipToSpace(this.action, i, this.outputs[from + i] + noise);
      }
    }
  }

  /** Q = V + A − mean A; V and the mean are the same for every action, so comparing needs only A. */
  private valueAt(from: number, action: number): number {
    if (this.head.kind !== "values" || !this.head.dueling) return this.outputs[from + action];
    let mean = 0;
    for (let i = 0; i < this.numActions; i++) mean += this.outputs[from + 1 + i] / this.numActions;
    return this.outputs[from] + this.outputs[from + 1 + action] - mean;
  }

  private best(from: number, n: number): number {
    const start = this.head.kind === "values" && this.head.dueling ? from + 1 : from;
    let best = 0;
    for (let i = 1; i < n; i++) if (this.outputs[start + i] > this.outputs[start + best]) best = i;
    return best;
  }
}

/** A continuous action's entry, clipped to what the world takes. */
export function clipToSpace(space: ActionSpace, entry: number, value: number): number {
  if (space.kind === "discrete") return value;
  const { low, high } = space.features[entry];
  return Math.min(Math.max(value, low), high);
}

/** The action whose interval of the cumulative softmax holds `uniform`. */
export function sampleCategorical(logits: Float32Array, from: number, n: number, uniform: number): number {
  let largest = logits[from];
  for (let i = 1; i < n; i++) largest = Math.max(largest, logits[from + i]);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.exp(logits[from + i] - largest);
  let rest = uniform * sum;
  for (let i = 0; i < n - 1; i++) {
    rest -= Math.exp(logits[from + i] - largest);
    if (rest < 0) return i;
  }
  return n - 1;
}
