import { RandomStream } from "../core/random.js";
import type { Engine, EngineFactory, EngineId, EngineReport, Gathering } from "./engine.js";
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
/** Rows that are timed at most; beyond, the time is taken to grow with them. */
const MAX_ROWS = 2048;

/** What the calibration needs to know of one candidate. */
export interface Candidate {
  readonly id: EngineId;
  /** Null where it cannot run here. */
  readonly factory: EngineFactory | null;
  /** Why it is not timed, or an empty string. */
  readonly note: string;
}

/**
 * Times forward, backward and Adam of the actual network and batch on each candidate, with the forward passes in which
 * an agent gathers for one update, and picks the fastest.
 *
 * Never goes by the name of a device. The next turn goes to whoever has had the least time, so that a disturbance meets
 * all of them and a slow one takes no time from the others; the best turn counts, since noise only ever adds. Takes
 * about 150 ms in all, more only where one update of each takes longer.
 * `now` is a monotonic clock in milliseconds; without `gathering` only updates are timed. Throws `RangeError` when no candidate can run.
 */
export async function calibrateCandidates(
  network: NetworkSpec,
  batch: number,
  candidates: readonly Candidate[],
  now: () => number = () => performance.now(),
  gathering: Gathering | null = null,
): Promise<EngineReport> {
  const work = workOf(batch, gathering);
  const runners = candidates.flatMap(({ id, factory }) =>
    factory ? [new Runner(id, factory(network, Math.max(work.batch, work.copies)), work)] : [],
  );
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
    if (!runner) return { id, milliseconds: null, note };
    const milliseconds = runner.milliseconds * work.scale;
    return {
      id,
      milliseconds,
      note,
      ...(gathering && { stepsPerSecond: (1000 * gathering.stepsPerUpdate) / milliseconds }),
    };
  });
  const ranked = runners.toSorted((a, b) => a.milliseconds - b.milliseconds);
  return { chosen: ranked[0].id, reason: reasonFor(ranked, work.scale), timings };
}

/** What one candidate does over and over: an update, and passes forward. */
interface Work {
  readonly batch: number;
  readonly copies: number;
  /** Forward passes of `copies` rows for each update. */
  readonly passes: number;
  /** How many times longer the actual work takes than what is timed. */
  readonly scale: number;
}

function workOf(batch: number, gathering: Gathering | null): Work {
  const copies = gathering?.copies ?? 0;
  const passes = gathering ? Math.round(gathering.stepsPerUpdate / gathering.copies) : 0;
  const scale = Math.max(1, batch / MAX_ROWS, passes > 0 ? copies / MAX_ROWS : 0);
  return { batch: Math.ceil(batch / scale), copies: passes > 0 ? Math.ceil(copies / scale) : 0, passes, scale };
}

function reasonFor([best, second]: readonly Runner[], scale: number): string {
  const time = `An update of this network takes ${(scale * best.milliseconds).toPrecision(2)} ms on ${best.id}`;
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
    private readonly work: Work,
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
    const { batch, copies, passes } = this.work;
    for (let pass = 0; pass < passes; pass++) {
      const acting = engine.forward(this.inputs, copies, this.outputs);
      if (acting) await acting;
    }
    const forward = engine.forward(this.inputs, batch, this.outputs);
    if (forward) await forward;
    const backward = engine.backward(this.gradients, batch, this.free);
    if (backward) await backward;
    const step = engine.adamStep({ learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: 0.5 });
    if (typeof step !== "number") await step;
  }
}
