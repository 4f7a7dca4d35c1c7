import type { EngineState } from "../compute/adam.js";
import { InputError } from "../core/errors.js";
import type { InventoryProblem } from "../envs/inventory/problem.js";
import type { Recipe } from "./hdpo/recipes.js";
import type { HdpoOptions } from "./hdpo-options.js";

/** What HDPO needs to go on, on the CPU as on the graphics device. */
export interface HdpoState {
  readonly learnables: readonly EngineState[];
  /** Sums over the part of a batch that was played. */
  readonly gradients: readonly ArrayLike<number>[];
  /** Parameters of the lowest cost on development traces. */
  readonly best: readonly ArrayLike<number>[];
  /** Training traces in the order of this epoch [trainTraces]. */
  readonly order: Uint32Array;
  readonly shufflePositions: Uint32Array;
  readonly epoch: number;
  /** Environment steps of finished gradient steps, and those not told yet. */
  readonly steps: number;
  readonly untold: number;
  /** Position in `order` of the running batch, traces of it that were played, and their cost. */
  readonly batchStart: number;
  readonly played: number;
  readonly batchCost: number;
  /** Development traces played so far, and their cost; null while training. */
  readonly devPlayed: number | null;
  readonly devSum: number;
  readonly devCost: number | null;
  readonly bestCost: number | null;
  readonly bestEpoch: number;
}

export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
/** What is left of the learning rate at the end of its schedule. */
const LAST_RATE = 0.01;

/** Share of the learning rate after some environment steps: half a cosine down to {@link LAST_RATE}, then that. */
export function rateAt(steps: number, scheduleSteps: number): number {
  if (scheduleSteps === 0) return 1;
  const progress = Math.min(steps / scheduleSteps, 1);
  return LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + Math.cos(Math.PI * progress));
}

/** The learning rate has fallen, the epochs are over, or the policy has long not become better. */
export function isDone(
  { steps, epoch, bestEpoch }: Pick<HdpoState, "steps" | "epoch" | "bestEpoch">,
  { scheduleSteps }: Recipe,
  { maxEpochs, patience }: HdpoOptions,
): boolean {
  const hasFallen = scheduleSteps > 0 && steps >= scheduleSteps;
  return hasFallen || epoch >= maxEpochs || epoch - bestEpoch > patience;
}

/** Throws `InputError` for costs without a slope. */
export function checkSlopes({ orderCost }: InventoryProblem): void {
  if (!orderCost) return;
  const allowed = "0 for hdpo, since it learns by slopes and this cost has none; ppo learns with it";
  throw new InputError("env.orderCost", String(orderCost), allowed);
}
