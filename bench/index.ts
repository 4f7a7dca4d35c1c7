import { dqn } from "./dqn.js";
import { engines } from "./engines.js";
import { envs } from "./envs.js";
import { gpu } from "./gpu.js";
import type { Bench } from "./harness/bench.js";
import { hdpo } from "./hdpo.js";
import { memory } from "./memory.js";
import { ppo } from "./ppo.js";
import { solve } from "./solve.js";
import { trees } from "./trees.js";

/** Every benchmark, in the order in which they run: the longest comes last. */
export const benches: readonly Bench[] = [envs, engines, trees, ppo, hdpo, gpu, solve, dqn, memory];

/** What is sent to a fresh process: which benchmark, and one of its cases. */
export interface Task {
  readonly bench: string;
  readonly case: unknown;
}

/** Measures one case here. Throws `RangeError` for a benchmark that does not exist. */
export function measureTask(task: Task): Promise<unknown> {
  const bench = benches.find(({ name }) => name === task.bench);
  if (!bench) throw new RangeError(`expected one of ${benches.map(({ name }) => name).join(", ")}, got ${task.bench}`);
  return bench.measure(task.case);
}
