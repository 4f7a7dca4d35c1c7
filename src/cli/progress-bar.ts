import { type Output, showCount, showDuration } from "./output.js";

const WIDTH = 24;
/** Redrawn at most this often, in milliseconds. */
const INTERVAL = 100;

/** How far one or several trainings are, on one line of a terminal: share, steps per second, return and ETA. */
export class ProgressBar {
  private readonly steps = new Map<number, { readonly from: number; now: number; returnMean: number | null }>();
  private readonly began = performance.now();
  private drawn = 0;

  constructor(
    private readonly output: Output,
    private readonly label: string,
    /** Steps of all trainings together. */
    private readonly total: number,
  ) {}

  /** Takes in where one training is; `from` is where it began when this bar did. */
  update(key: number, from: number, step: number, returnMean: number | null): void {
    const known = this.steps.get(key);
    if (known) {
      known.now = step;
      known.returnMean = returnMean;
    } else this.steps.set(key, { from, now: step, returnMean });
    const now = performance.now();
    if (!this.output.hasBar || now - this.drawn < INTERVAL) return;
    this.drawn = now;
    this.output.bar(this.text((now - this.began) / 1000));
  }

  /** The line after so many seconds. */
  text(seconds: number): string {
    const all = [...this.steps.values()];
    const done = all.reduce((sum, { now }) => sum + now, 0);
    const fresh = all.reduce((sum, { from, now }) => sum + now - from, 0);
    const share = Math.min(1, done / this.total);
    const filled = Math.round(share * WIDTH);
    const rate = seconds > 0 ? fresh / seconds : 0;
    const eta = rate > 0 ? showDuration(Math.max(0, this.total - done) / rate) : "–";
    const returns = all.map(({ returnMean }) => returnMean).filter((value) => value !== null);
    const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
    return [
      this.label,
      `[${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}]`,
      `${Math.floor(share * 100)} %`,
      `${showCount(done)} steps`,
      `${showCount(rate)}/s`,
      ...(returns.length > 0 ? [`return ${mean.toFixed(1)}`] : []),
      `ETA ${eta}`,
    ].join("  ");
  }
}
