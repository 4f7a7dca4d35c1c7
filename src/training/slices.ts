import type { Pace } from "../interpret/pace.js";

/**
 * Lets long work go on slice by slice: the work asks for breath, and goes on when it is given its next slice.
 *
 * `now` counts the milliseconds of the slices alone, so that work which is held back does not look slow.
 */
export class Slices implements Pace {
  private used = 0;
  private begun = 0;
  private until = 0;
  private goOn: (() => void) | null = null;
  private slept: (() => void) | null = null;
  private ended = false;
  private stopped = false;
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly clock: () => number,
    work: (pace: Pace) => Promise<void>,
  ) {
    this.begun = this.until = clock();
    // The work waits for its first slice.
    void this.wait()
      .then(() => work(this))
      .catch((error: unknown) => {
        if (!(error instanceof Stopped)) this.failure = { error };
      })
      .finally(() => {
        this.ended = true;
        this.sleep();
      });
  }

  get done(): boolean {
    return this.ended;
  }

  /** It was told to stop. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** Milliseconds that it has worked. */
  get spent(): number {
    return this.used;
  }

  breathe(): undefined | Promise<void> {
    if (!this.stopped && this.clock() < this.until) return undefined;
    return this.wait();
  }

  now(): number {
    return this.used + (this.slept ? this.clock() - this.begun : 0);
  }

  /** Works for about that many milliseconds: until the work next asks for breath after them, or ends. Throws what it throws. */
  async run(milliseconds: number): Promise<void> {
    if (this.ended) return;
    const asleep = new Promise<void>((resolve) => {
      this.slept = resolve;
    });
    this.begun = this.clock();
    this.until = this.begun + milliseconds;
    const { goOn } = this;
    this.goOn = null;
    goOn?.();
    await asleep;
    if (this.failure) throw this.failure.error;
  }

  /** Ends the work at its next breath, which is at once when it waits; resolves when it has ended, however it ends. */
  async stop(): Promise<void> {
    this.stopped = true;
    while (!this.ended) await this.run(0).catch(() => undefined);
  }

  private wait(): Promise<void> {
    this.sleep();
    return new Promise<void>((resolve, reject) => {
      this.goOn = () => (this.stopped ? reject(new Stopped()) : resolve());
    });
  }

  private sleep(): void {
    if (!this.slept) return;
    this.used += this.clock() - this.begun;
    const { slept } = this;
    this.slept = null;
    slept();
  }
}

/** What stopped work is left with. */
class Stopped extends Error {}
