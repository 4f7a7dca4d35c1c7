import { RandomStream } from "../core/random.js";
import type { Engine, EngineFactory, EngineId, EngineReport } from "./engine.js";
import type { NetworkSpec } from "./network.js";

/** Time for all candidates together, in milliseconds. */
const BUDGET_MS = 150;
/**
 * A turn is as many updates as this takes, in milliseconds: a page that is not isolated from others has a clock of
 * 0.1 ms, in which a small update would take no time at all.
 */
const TURN_MS = 2;
/** Turns of each candidate that do not count: compilers wake up and caches fill. */
const WARM_UP = 3;
/**
 * A candidate this many times slower than the best is not timed further, once it is warm or has had its share of the
 * time: that leaves more to those that can still win.
 */
const HOPELESS = 4;

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
 * Never goes by the name of a device. The next turn goes to whoever has had the least time, so that a disturbance meets
 * all of them and a slow one takes no time from the others; the best turn counts, since noise only ever adds. Takes
 * about 150 ms in all, more only where one update of each takes longer.
 * `now` is a monotonic clock in milliseconds. Throws `RangeError` when no candidate can run.
 */
export async function calibrateCandidates(
  network: NetworkSpec,
  batch: number,
  candidates: readonly Candidate[],
  now: () => number = () => performance.now(),
): Promise<EngineReport> {
  const runners = candidates.flatMap(({ id, factory }) => (factory ? [new Runner(id, factory(network, batch))] : []));
  if (runners.length === 0) throw new RangeError("expected at least one engine that runs here, got none");
  try {
    const share = BUDGET_MS / runners.length;
    // Making the engines does not count: it took half of the time, and left too little for compilers to finish.
    const start = now();
    for (const runner of runners) await runner.takeTurn(now);
    let racing = runners;
    while (now() - start < BUDGET_MS) {
      const next = racing.reduce((least, runner) => (runner.spent < least.spent ? runner : least));
      await next.takeTurn(now);
      const best = Math.min(...racing.map(({ milliseconds }) => milliseconds));
      racing = racing.filter(
        (runner) => runner.milliseconds <= HOPELESS * best || !(runner.isWarm || runner.spent > share),
      );
    }
  } finally {
    for (const { engine } of runners) engine.dispose();
  }
  const timings = candidates.map(({ id, note }) => {
    const runner = runners.find((one) => one.id === id);
    return { id, milliseconds: runner?.milliseconds ?? null, note };
  });
  const ranked = runners.toSorted((a, b) => a.milliseconds - b.milliseconds);
  return { chosen: ranked[0].id, reason: reasonFor(ranked), timings };
}

function reasonFor([best, second]: readonly Runner[]): string {
  const time = `An update of this network takes ${best.milliseconds.toPrecision(2)} ms on ${best.id}`;
  if (!second) return `${time}, the only engine that was timed.`;
  return `${time}, ${(second.milliseconds / best.milliseconds).toFixed(1)} times as fast as ${second.id}.`;
}

/** One candidate at work on made-up data of the right shape. */
class Runner {
  /** Of an update in the best turn so far; while it warms up, in the last one. */
  milliseconds = Number.POSITIVE_INFINITY;
  /** Milliseconds of all its turns. */
  spent = 0;
  private turns = 0;
  private readonly inputs: Float32Array;
  private readonly outputs: Float32Array;
  private readonly gradients: Float32Array;
  private readonly free: Float32Array;

  constructor(
    readonly id: EngineId,
    readonly engine: Engine,
  ) {
    const { layout, maxBatch } = engine;
    const stream = new RandomStream(1, "calibration");
    const uniforms = (count: number, scale: number) =>
      Float32Array.from({ length: count }, () => scale * (stream.uniform() - 0.5));
    // The padding is filled too, against the layout: here only the time counts.
    engine.setParameters(uniforms(layout.size, 0.2));
    this.inputs = uniforms(maxBatch * layout.spec.inputSize, 1);
    this.outputs = new Float32Array(maxBatch * layout.outputSize);
    this.gradients = uniforms(this.outputs.length, 1 / maxBatch);
    this.free = new Float32Array(layout.freeSize);
  }

  get isWarm(): boolean {
    return this.turns > WARM_UP;
  }

  /** Updates for {@link TURN_MS}, at least once. */
  async takeTurn(now: () => number): Promise<void> {
    const start = now();
    let count = 0;
    let elapsed = 0;
    do {
      await this.update();
      count++;
      elapsed = now() - start;
    } while (elapsed < TURN_MS);
    this.spent += elapsed;
    const mean = elapsed / count;
    this.milliseconds = this.turns < WARM_UP ? mean : Math.min(this.milliseconds, mean);
    this.turns++;
  }

  private async update(): Promise<void> {
    const { engine } = this;
    const forward = engine.forward(this.inputs, engine.maxBatch, this.outputs);
    if (forward) await forward;
    const backward = engine.backward(this.gradients, engine.maxBatch, this.free);
    if (backward) await backward;
    const step = engine.adamStep({ learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: 0.5 });
    if (typeof step !== "number") await step;
  }
}
