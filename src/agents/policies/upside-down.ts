import { COMMAND_SIZE, type Commanded } from "../../core/command.js";
import type { RandomStream } from "../../core/random.js";
import { type Learner, type LearnerSizes, largestIndex } from "../udrl/learner.js";
import type { Policy, SerialisedPolicy } from "./policy.js";

/** How observations and commands become inputs, and scores become actions. */
export interface UpsideDownSettings {
  readonly returnScale: number;
  readonly horizonScale: number;
  /** With a stream: draw from the probabilities; else the best action, and a random one with probability epsilon. */
  readonly sample: boolean;
  readonly epsilon: number;
}

/** Rows that are asked of the learner at a time. */
const CHUNK = 128;

/** A policy that acts on an observation and a command, through a learner's probabilities of actions. */
export class UpsideDownPolicy implements Policy {
  private readonly inputs: Float32Array;
  private readonly scores: Float32Array;

  constructor(
    private readonly learner: Learner,
    private readonly sizes: LearnerSizes,
    private readonly settings: UpsideDownSettings,
    private readonly about: () => Commanded,
  ) {
    this.inputs = new Float32Array(CHUNK * sizes.inputSize);
    this.scores = new Float32Array(CHUNK * sizes.numActions);
  }

  get commanded(): Commanded {
    return this.about();
  }

  act(
    observations: Float32Array,
    commands: Float32Array | null,
    actions: Float32Array,
    stream: RandomStream | null,
  ): void | Promise<void> {
    return this.inChunks(observations, commands, (first, count) => {
      for (let row = 0; row < count; row++) actions[first + row] = this.choose(row, first + row, stream);
    });
  }

  actionScores(
    observations: Float32Array,
    scores: Float32Array,
    commands: Float32Array | null = null,
  ): void | Promise<void> {
    const { numActions } = this.sizes;
    return this.inChunks(observations, commands, (first, count) => {
      for (let i = 0; i < count * numActions; i++) scores[first * numActions + i] = this.scores[i];
    });
  }

  async serialise(): Promise<SerialisedPolicy> {
    const { returnScale, horizonScale } = this.settings;
    const { command, seen } = this.about();
    return {
      ...(await this.learner.serialise()),
      upsideDown: { returnScale, horizonScale, command: { ...command }, seen },
    };
  }

  /** Asks the learner about all rows, at most CHUNK at a time; `use` reads the scores of one chunk. */
  private inChunks(
    observations: Float32Array,
    commands: Float32Array | null,
    use: (first: number, count: number) => void,
    first = 0,
  ): void | Promise<void> {
    const numRows = observations.length / (this.sizes.inputSize - COMMAND_SIZE);
    for (let start = first; start < numRows; start += CHUNK) {
      const count = Math.min(CHUNK, numRows - start);
      this.fillInputs(observations, commands, start, count);
      const pending = this.learner.fillScores(this.inputs, count, this.scores);
      if (pending) {
        return pending.then(() => {
          use(start, count);
          return this.inChunks(observations, commands, use, start + CHUNK);
        });
      }
      use(start, count);
    }
  }

  private fillInputs(observations: Float32Array, commands: Float32Array | null, start: number, count: number): void {
    const { inputs, settings } = this;
    const { inputSize } = this.sizes;
    const observationSize = inputSize - COMMAND_SIZE;
    const own = commands ? null : this.about().command;
    for (let row = 0; row < count; row++) {
      const to = row * inputSize;
      const from = (start + row) * observationSize;
      const asked = (start + row) * COMMAND_SIZE;
      for (let i = 0; i < observationSize; i++) inputs[to + i] = observations[from + i];
      const desiredReturn = commands ? commands[asked] : (own?.desiredReturn ?? 0);
      const desiredHorizon = commands ? commands[asked + 1] : (own?.desiredHorizon ?? 1);
      inputs[to + observationSize] = settings.returnScale * desiredReturn;
      inputs[to + observationSize + 1] = settings.horizonScale * desiredHorizon;
    }
  }

  private choose(row: number, copy: number, stream: RandomStream | null): number {
    const { scores, learner, settings } = this;
    const { numActions } = this.sizes;
    const from = row * numActions;
    if (!stream) return largestIndex(scores, from, numActions);
    if (settings.sample || !learner.fitted) {
      let rest = stream.uniform(copy);
      for (let action = 0; action < numActions - 1; action++) {
        rest -= scores[from + action];
        if (rest < 0) return action;
      }
      return numActions - 1;
    }
    if (stream.uniform(copy) < settings.epsilon) return stream.integer(numActions, copy);
    return largestIndex(scores, from, numActions);
  }
}
