/** Periods that are kept and drawn: more would be narrower than can be seen. */
export const SHOWN_PERIODS = 100;

/** One period of the episode on the stage. */
export interface CostPeriod {
  /** Counted from 1. */
  readonly period: number;
  /** Per store, by `PERIOD_COSTS` [4]. */
  readonly costs: Float64Array;
  /** Mean cost of all periods up to this one. */
  readonly mean: number;
}

/** What the periods of the episode on the stage cost, and their mean by term over the whole episode. */
export class CostTrail {
  private kept: CostPeriod[] = [];
  private sums: Float64Array = new Float64Array(0);
  private count = 0;

  /** Takes in a period; its costs are kept as they are. */
  add(period: number, costs: Float64Array): void {
    if (this.count === 0) this.sums = new Float64Array(costs.length);
    this.count++;
    for (let term = 0; term < costs.length; term++) this.sums[term] += costs[term];
    const mean = this.sums.reduce((sum, cost) => sum + cost, 0) / this.count;
    this.kept.push({ period, costs, mean });
    if (this.kept.length > SHOWN_PERIODS) this.kept.shift();
  }

  clear(): void {
    this.kept = [];
    this.count = 0;
  }

  /** The newest periods, oldest first. */
  get periods(): readonly CostPeriod[] {
    return this.kept;
  }

  /** Mean cost of the episode so far, by term; null before its first period. */
  get means(): readonly number[] | null {
    return this.count === 0 ? null : Array.from(this.sums, (sum) => sum / this.count);
  }
}
