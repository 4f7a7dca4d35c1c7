import type { Packable } from "../core/pack.js";
import type { RandomStream } from "../core/random.js";
import type { VectorEnvironment } from "../envs/environment.js";
import type { ReplayLog } from "./agent.js";
import type { ReplaySegment } from "./dqn-state.js";

/** A sampled batch of n-step transitions; arrays are owned by the buffer and reused. */
export interface ReplayBatch {
  /** [batch] entry in the ring, for updating priorities. */
  readonly slots: Uint32Array;
  /** [batch, observationSize] */
  readonly observations: Float32Array;
  /** [batch] */
  readonly actions: Float32Array;
  /** [batch] sum of discounted rewards over the steps taken together. */
  readonly rewards: Float32Array;
  /** [batch, observationSize] what was observed after the last of them. */
  readonly nextObservations: Float32Array;
  /** [batch] γⁿ, or 0 where the episode terminated: the weight of the bootstrapped value. */
  readonly discounts: Float32Array;
  /** [batch] importance weights; 1 without prioritised replay. */
  readonly weights: Float32Array;
}

/**
 * The newest transitions of several copies of a world, in the order they happened.
 *
 * Entry t · numEnvs + copy is step t of a copy, so that n-step returns are gathered when sampling: they stop at the
 * end of an episode and at the newest entry. Discrete actions.
 */
export class ReplayBuffer implements ReplayLog {
  readonly capacity: number;
  numWritten = 0;
  private readonly numEnvs: number;
  private readonly observationSize: number;
  private readonly observations: Float32Array;
  private readonly nextObservations: Float32Array;
  private readonly actions: Float32Array;
  private readonly rewards: Float32Array;
  /** 0 goes on, 1 terminated, 2 truncated. */
  private readonly endings: Uint8Array;
  private readonly priorities: SumTree | null;
  private readonly batch: ReplayBatch;

  constructor(
    env: VectorEnvironment,
    settings: { readonly capacity: number; readonly batchSize: number; readonly prioritised: boolean },
  ) {
    this.numEnvs = env.numEnvs;
    this.observationSize = env.spec.observation.length;
    // Whole rows of copies, so that an entry's copy is its index modulo numEnvs.
    this.capacity = Math.max(2, Math.ceil(settings.capacity / env.numEnvs)) * env.numEnvs;
    this.observations = new Float32Array(this.capacity * this.observationSize);
    this.nextObservations = new Float32Array(this.capacity * this.observationSize);
    this.actions = new Float32Array(this.capacity);
    this.rewards = new Float32Array(this.capacity);
    this.endings = new Uint8Array(this.capacity);
    this.priorities = settings.prioritised ? new SumTree(this.capacity) : null;
    const { batchSize } = settings;
    this.batch = {
      slots: new Uint32Array(batchSize),
      observations: new Float32Array(batchSize * this.observationSize),
      actions: new Float32Array(batchSize),
      rewards: new Float32Array(batchSize),
      nextObservations: new Float32Array(batchSize * this.observationSize),
      discounts: new Float32Array(batchSize),
      weights: new Float32Array(batchSize).fill(1),
    };
  }

  /** Entries that can be sampled. */
  get size(): number {
    return Math.min(this.numWritten, this.capacity);
  }

  /** Writes one step of every copy: what was observed before it, the actions, and what `env` now shows of it. */
  write(observations: Float32Array, actions: Float32Array, env: VectorEnvironment): void {
    const slot = this.numWritten % this.capacity;
    this.observations.set(observations, slot * this.observationSize);
    this.nextObservations.set(env.finalObservations, slot * this.observationSize);
    this.actions.set(actions, slot);
    this.rewards.set(env.rewards, slot);
    for (let copy = 0; copy < this.numEnvs; copy++) {
      this.endings[slot + copy] = env.terminated[copy] ? 1 : env.truncated[copy] ? 2 : 0;
      this.priorities?.set(slot + copy, this.priorities.largest);
    }
    this.numWritten += this.numEnvs;
  }

  /**
   * Samples n-step transitions, uniformly or, with prioritised replay, in proportion to their priority with
   * importance weights (N · P)^−β, scaled so that the largest is 1. Source: Schaul et al. 2016, arXiv:1511.05952,
   * section 3.4; n-step returns as in Hessel et al. 2018, arXiv:1710.02298.
   */
  sample(stream: RandomStream, numSteps: number, gamma: number, beta: number): ReplayBatch {
    const { batch, size } = this;
    const batchSize = batch.slots.length;
    let largestWeight = 0;
    for (let i = 0; i < batchSize; i++) {
      if (this.priorities) {
        // One draw from each of batchSize equal slices of the total priority.
        const at = ((i + stream.uniform()) / batchSize) * this.priorities.total;
        const slot = Math.min(this.priorities.find(at), size - 1);
        batch.slots[i] = slot;
        batch.weights[i] = (size * (this.priorities.get(slot) / this.priorities.total)) ** -beta;
        largestWeight = Math.max(largestWeight, batch.weights[i]);
      } else {
        batch.slots[i] = stream.integer(size);
      }
      this.takeSteps(i, batch.slots[i], numSteps, gamma);
    }
    if (this.priorities) for (let i = 0; i < batchSize; i++) batch.weights[i] /= largestWeight;
    return batch;
  }

  /** Sets the priority of a sampled entry to (|TD error| + 1e-6)^α. */
  setPriority(slot: number, tdError: number, alpha: number): void {
    this.priorities?.set(slot, (Math.abs(tdError) + 1e-6) ** alpha);
  }

  /** Priorities are not append-only; they go into the state of a checkpoint. Null without prioritised replay. */
  getPriorities(): Packable {
    return this.priorities ? { leaves: this.priorities.leaves(), largest: this.priorities.largest } : null;
  }

  setPriorities(state: Packable): void {
    if (!this.priorities || state === null) return;
    const { leaves, largest } = state as { leaves: Float64Array; largest: number };
    for (let slot = 0; slot < leaves.length; slot++) this.priorities.set(slot, leaves[slot]);
    this.priorities.largest = largest;
  }

  segment(from: number, to: number): Packable {
    const size = this.observationSize;
    const count = to - from;
    const part = {
      from,
      observations: new Float32Array(count * size),
      nextObservations: new Float32Array(count * size),
      actions: new Float32Array(count),
      rewards: new Float32Array(count),
      endings: new Uint8Array(count),
    };
    for (let i = 0; i < count; i++) {
      const slot = (from + i) % this.capacity;
      part.observations.set(this.observations.subarray(slot * size, (slot + 1) * size), i * size);
      part.nextObservations.set(this.nextObservations.subarray(slot * size, (slot + 1) * size), i * size);
      part.actions[i] = this.actions[slot];
      part.rewards[i] = this.rewards[slot];
      part.endings[i] = this.endings[slot];
    }
    return part;
  }

  restoreSegment(packed: Packable): void {
    const part = packed as unknown as ReplaySegment;
    const size = this.observationSize;
    const count = part.actions.length;
    for (let i = 0; i < count; i++) {
      const slot = (part.from + i) % this.capacity;
      this.observations.set(part.observations.subarray(i * size, (i + 1) * size), slot * size);
      this.nextObservations.set(part.nextObservations.subarray(i * size, (i + 1) * size), slot * size);
      this.actions[slot] = part.actions[i];
      this.rewards[slot] = part.rewards[i];
      this.endings[slot] = part.endings[i];
    }
    this.numWritten = Math.max(this.numWritten, part.from + count);
  }

  /** Fills row `row` of the batch with up to `numSteps` steps from `slot` on. */
  private takeSteps(row: number, slot: number, numSteps: number, gamma: number): void {
    const { batch, numEnvs, capacity, observationSize } = this;
    // Steps of this copy that were written after this entry.
    const newest = (this.numWritten - numEnvs) % capacity;
    const rowStart = slot - (slot % numEnvs);
    const later = ((newest - rowStart + capacity) % capacity) / numEnvs;
    let last = slot;
    let reward = 0;
    let discount = 1;
    for (let step = 0; step < numSteps && step <= later; step++) {
      last = (slot + step * numEnvs) % capacity;
      reward += discount * this.rewards[last];
      discount *= gamma;
      if (this.endings[last] !== 0) break;
    }
    batch.rewards[row] = reward;
    batch.discounts[row] = this.endings[last] === 1 ? 0 : discount;
    batch.actions[row] = this.actions[slot];
    for (let j = 0; j < observationSize; j++) {
      batch.observations[row * observationSize + j] = this.observations[slot * observationSize + j];
      batch.nextObservations[row * observationSize + j] = this.nextObservations[last * observationSize + j];
    }
  }
}

/** Priorities in a binary tree of partial sums: set and find in log n. */
export class SumTree {
  /** The largest priority ever set; new entries get it, so that each is seen at least once. */
  largest = 1;
  private readonly nodes: Float64Array;
  private readonly firstLeaf: number;

  constructor(readonly size: number) {
    let leaves = 1;
    while (leaves < size) leaves *= 2;
    this.firstLeaf = leaves;
    this.nodes = new Float64Array(2 * leaves);
  }

  get total(): number {
    return this.nodes[1];
  }

  get(index: number): number {
    return this.nodes[this.firstLeaf + index];
  }

  leaves(): Float64Array {
    return this.nodes.slice(this.firstLeaf, this.firstLeaf + this.size);
  }

  set(index: number, priority: number): void {
    if (priority > this.largest) this.largest = priority;
    let node = this.firstLeaf + index;
    this.nodes[node] = priority;
    // Sums are made anew from both children: no drift, and the same tree whatever the order of updates.
    for (node >>= 1; node >= 1; node >>= 1) this.nodes[node] = this.nodes[2 * node] + this.nodes[2 * node + 1];
  }

  /** The entry whose slice of the running sum holds `at`. */
  find(at: number): number {
    let node = 1;
    let rest = at;
    while (node < this.firstLeaf) {
      node *= 2;
      if (rest >= this.nodes[node] && this.nodes[node + 1] > 0) {
        rest -= this.nodes[node];
        node++;
      }
    }
    return node - this.firstLeaf;
  }
}
