import { RandomStream } from "../core/random.js";
import type { Engine, EngineFactory, EngineId, EngineReport, EngineTiming } from "./engine.js";
import { initialParameters } from "./initialise.js";
import { layoutOf, type NetworkSpec } from "./network.js";

/** Time for all candidates together, in milliseconds. */
const BUDGET_MS = 150;

/** What the calibration needs to know of one candidate. */
export interface Candidate {
  readonly id: EngineId;
  /** Null where it cannot run here. */
  readonly factory: EngineFactory | null;
  /** Why it is not timed, or an empty string. */
  readonly note: string;
}

/**
 * Times forward, backward and Adam of the actual network and batch on each candidate and picks the fastest.
 *
 * Never goes by the name of a device. Takes about 150 ms in all; the smallest of several repetitions counts, since
 * noise only ever adds. `now` is a monotonic clock in milliseconds.
 */
export async function calibrateCandidates(
  network: NetworkSpec,
  batch: number,
  candidates: readonly Candidate[],
  now: () => number = () => performance.now(),
): Promise<EngineReport> {
  const numTimed = candidates.filter((candidate) => candidate.factory).length;
  const timings: EngineTiming[] = [];
  for (const { id, factory, note } of candidates) {
    const milliseconds = factory ? await timeEngine(factory, network, batch, BUDGET_MS / numTimed, now) : null;
    timings.push({ id, milliseconds, note });
  }
  const timed = timings.flatMap(({ id, milliseconds }) => (milliseconds === null ? [] : [{ id, milliseconds }]));
  if (timed.length === 0) throw new RangeError("expected at least one engine that runs here, got none");
  timed.sort((a, b) => a.milliseconds - b.milliseconds);
  const [best, second] = timed;
  const lead = second ? ` ${(second.milliseconds / best.milliseconds).toFixed(1)} times as fast as ${second.id}.` : "";
  const reason = `An update of this network takes ${best.milliseconds.toPrecision(2)} ms on ${best.id}${lead ? `,${lead}` : "."}`;
  return { chosen: best.id, reason, timings };
}

async function timeEngine(
  factory: EngineFactory,
  network: NetworkSpec,
  batch: number,
  budget: number,
  now: () => number,
): Promise<number> {
  const engine = factory(network, batch);
  const layout = layoutOf(network);
  const stream = new RandomStream(1, "calibration");
  engine.setParameters(initialParameters(layout, stream));
  const inputs = Float32Array.from({ length: batch * network.inputSize }, () => stream.uniform() - 0.5);
  const outputs = new Float32Array(batch * layout.outputSize);
  const gradients = Float32Array.from({ length: outputs.length }, () => (stream.uniform() - 0.5) / batch);
  const free = new Float32Array(layout.freeSize);
  let best = Number.POSITIVE_INFINITY;
  try {
    const start = now();
    // The first turns compile and warm up; at least three are timed, however slow.
    for (let turn = 0; turn < 5 || now() - start < budget; turn++) {
      const from = now();
      await update(engine, inputs, batch, outputs, gradients, free);
      if (turn >= 2) best = Math.min(best, now() - from);
      if (turn >= 4 && now() - start > 4 * budget) break;
    }
  } finally {
    engine.dispose();
  }
  return best;
}

async function update(
  engine: Engine,
  inputs: Float32Array,
  batch: number,
  outputs: Float32Array,
  gradients: Float32Array,
  free: Float32Array,
): Promise<void> {
  const forward = engine.forward(inputs, batch, outputs);
  if (forward) await forward;
  const backward = engine.backward(gradients, batch, free);
  if (backward) await backward;
  const step = engine.adamStep({ learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: 0.5 });
  if (typeof step !== "number") await step;
}
