/**
 * Lets a few of many trainings run at a time: several seeds side by side on as many Workers as there are cores.
 *
 * It knows nothing of Workers: whoever starts one takes a place first, waits its turn in order of asking, and gives
 * the place back when its training is over or gone.
 */
export class WorkerPool {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  /** Throws `RangeError` unless there is at least one place. */
  constructor(readonly size: number) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`expected a pool of 1 or more places, got ${size}`);
    this.free = size;
  }

  /** Trainings that wait for a place. */
  get numWaiting(): number {
    return this.waiting.length;
  }

  /** Waits for a place; call what it resolves to when the training is over (more than once does no harm). */
  async take(): Promise<() => void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      // The place goes straight to whoever waits longest.
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    };
  }

  /** Runs `job` in a place of the pool. */
  async run<T>(job: () => Promise<T>): Promise<T> {
    const giveBack = await this.take();
    try {
      return await job();
    } finally {
      giveBack();
    }
  }
}

/** Places that leave the page responsive: one for each core, at least one, at most eight. */
export function poolSizeFor(numCores: number | undefined): number {
  return Math.min(Math.max(numCores ?? 2, 1), 8);
}
