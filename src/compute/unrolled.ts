import type { AdamSettings, EngineState } from "./adam.js";
import type { NetworkLayout, NetworkSpec } from "./network.js";

/** Whatever learns from gradients that it sums up itself. */
export interface Learnable {
  /** Numbers that learn. */
  readonly parameterCount: number;
  /** Starts a new sum of gradients. */
  zeroGradients(): void;
  /** √Σ g² of the gradients so far. */
  gradientNorm(): number;
  /** One Adam step on the gradients so far, times `scale`. Source: Kingma & Ba 2015, algorithm 1. */
  adamStep(settings: Omit<AdamSettings, "maxNorm">, scale: number): void;
  /** Copies of all that it needs to go on exactly but for gradients. */
  getState(): EngineState;
  /** Throws `RangeError` when the sizes differ. */
  setState(state: EngineState): void;
  getParameters(): Float32Array | Float64Array;
  setParameters(parameters: ArrayLike<number>): void;
  getGradients(): Float32Array | Float64Array;
  /** Puts a sum of gradients back. */
  setGradients(gradients: ArrayLike<number>): void;
}

/** Where rows lie in {@link UnrolledNetwork.values}: index of the first entry, and entries from one row to the next. */
export interface ValueRows {
  readonly first: number;
  readonly stride: number;
}

/**
 * A network that is applied many times before one update, as in back-propagation through time.
 *
 * Each slot (a time step, say) keeps the activations of one application; `backward` may then visit the slots in any
 * order and adds to the gradients of the weights. Rows go in and out without a copy: callers write inputs and output
 * gradients into `values` and read outputs and input gradients from it. Engines that can make one offer
 * {@link UnrolledFactory} beside their own factory; they compute on the CPU, so nothing here has to be awaited.
 */
export interface UnrolledNetwork extends Learnable {
  readonly layout: NetworkLayout;
  readonly numSlots: number;
  /** Rows that a slot takes at most. */
  readonly maxRows: number;
  readonly values: Float32Array | Float64Array;
  /** Inputs [maxRows, inputSize] of a slot; callers write these entries only, never the gaps between rows. */
  inputs(slot: number): ValueRows;
  /** Outputs [maxRows, outputSize] of a slot after its `forward`. */
  outputs(slot: number): ValueRows;
  /** d(loss)/d(outputs), shared by all slots; written anew before each `backward`, which leaves other numbers there. */
  readonly outputGradients: ValueRows;
  /** d(loss)/d(inputs) after a `backward`, shared by all slots. */
  readonly inputGradients: ValueRows;
  forward(slot: number, numRows: number): void;
  /** Adds to the gradients those of the rows that went into this slot; `numRows` as in its `forward`. */
  backward(slot: number, numRows: number): void;
  /** Bytes of memory it holds. */
  readonly bytes: number;
}

/** A network of one head to be made, for so many slots and rows of each. */
export interface UnrolledSpec {
  readonly network: NetworkSpec;
  readonly numSlots: number;
  readonly maxRows: number;
}

/** Row `from` of a trace goes to row `to` of the same trace, `scale` times (1): it replaces that, or is added to it. */
export interface RowMove {
  readonly from: number;
  readonly to: number;
  /** Columns at which the rows' numbers begin; 0 where they are left out. */
  readonly fromColumn?: number;
  readonly toColumn?: number;
  readonly scale?: number;
  readonly add?: boolean;
}

/** What is made together. */
export interface GroupSpec<Name extends string = string> {
  readonly networks: readonly UnrolledSpec[];
  /** Rows beside the networks' own. */
  readonly blocks?: readonly { readonly numRows: number; readonly size: number }[];
  /** Lists of moves between rows, by name, for {@link UnrolledGroup.move}. */
  readonly moves?: Readonly<Record<Name, readonly RowMove[]>>;
}

/** Networks that share their `values`, so that rows of one become rows of another without a detour. */
export interface UnrolledGroup<Name extends string = string> {
  readonly networks: readonly UnrolledNetwork[];
  /** In `values`, zero at first. */
  readonly blocks: readonly ValueRows[];
  readonly values: Float32Array | Float64Array;
  /**
   * Carries out a list of moves, in its order, in each of the first traces; a row is `size` numbers. Rows of both places
   * are numbered trace by trace, with so many of each.
   */
  move(
    name: Name,
    numTraces: number,
    size: number,
    from: ValueRows,
    fromPerTrace: number,
    to: ValueRows,
    toPerTrace: number,
  ): void;
}

/** Makes unrolled networks. */
export type UnrolledFactory = <Name extends string>(group: GroupSpec<Name>) => UnrolledGroup<Name>;

/** One network by itself. */
export function createUnrolled(
  create: UnrolledFactory,
  network: NetworkSpec,
  numSlots: number,
  maxRows: number,
): UnrolledNetwork {
  return create({ networks: [{ network, numSlots, maxRows }] }).networks[0];
}

/**
 * One Adam step on several learnables, clipped by the norm over all of them; returns the norm before clipping.
 */
export function adamStepAll(learnables: readonly Learnable[], settings: AdamSettings): number {
  const { maxNorm, ...rest } = settings;
  const norm = Math.sqrt(learnables.reduce((sum, learnable) => sum + learnable.gradientNorm() ** 2, 0));
  const scale = maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;
  for (const learnable of learnables) learnable.adamStep(rest, scale);
  return norm;
}

/** Refuses what an unrolled network cannot be made of. Throws `RangeError` with what was given. */
export function checkUnrolled({ heads, spec, freeSize }: NetworkLayout, numSlots: number, maxRows: number): void {
  if (heads.length !== 1) throw new RangeError(`expected a network of one head, got ${heads.length}`);
  if (freeSize > 0) throw new RangeError(`expected a network without free parameters, got ${freeSize}`);
  if (!spec.inputGradients) throw new RangeError("expected a network with inputGradients, got one without");
  for (const [name, count] of [
    ["slots", numSlots],
    ["rows", maxRows],
  ] as const) {
    if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`expected 1 or more ${name}, got ${count}`);
  }
}
