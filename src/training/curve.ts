import type { Progress } from "./config.js";

/**
 * A training curve of bounded size: once it is full, every second point is dropped and only every second, fourth, …
 * update is kept from then on. So it always spans the whole run, evenly.
 */
export class Curve {
  private readonly kept: Progress[] = [];
  private stride = 1;

  constructor(readonly capacity = 400) {}

  get points(): readonly Progress[] {
    return this.kept;
  }

  /** Takes a point in, when its update is one of those kept. Returns whether it was. */
  add(point: Progress): boolean {
    if (point.update % this.stride !== 0) return false;
    this.kept.push(point);
    if (this.kept.length >= this.capacity) {
      this.stride *= 2;
      const rest = this.kept.filter((candidate) => candidate.update % this.stride === 0);
      this.kept.splice(0, this.kept.length, ...rest);
    }
    return true;
  }

  /** Goes on from saved points. */
  restore(points: readonly Progress[]): void {
    this.kept.splice(0, this.kept.length, ...points);
    const gap = points.length > 1 ? points[points.length - 1].update - points[points.length - 2].update : 1;
    this.stride = Math.max(1, gap);
  }
}
