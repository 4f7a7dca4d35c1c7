/** Periods that are kept. */
const MAX_PERIODS = 160;

/** What was ordered along one road in the newest periods on the stage, in units. */
export class OrderTrail {
  private readonly positions = new Float64Array(MAX_PERIODS);
  private readonly orders = new Float64Array(MAX_PERIODS);
  private readonly references = new Float64Array(MAX_PERIODS);
  private total = 0;

  /**
   * Takes in a period, in place of the oldest once it is full: what the node had and expected, what was ordered for it,
   * and what the policy to beat would have ordered (NaN while it is unknown).
   */
  add(position: number, order: number, reference: number): void {
    const row = this.total++ % MAX_PERIODS;
    this.positions[row] = position;
    this.orders[row] = order;
    this.references[row] = reference;
  }

  clear(): void {
    this.total = 0;
  }

  get length(): number {
    return Math.min(this.total, MAX_PERIODS);
  }

  /** Periods from the oldest, 0, to the newest. */
  position(period: number): number {
    return this.positions[this.row(period)];
  }

  order(period: number): number {
    return this.orders[this.row(period)];
  }

  reference(period: number): number {
    return this.references[this.row(period)];
  }

  private row(period: number): number {
    return this.total <= MAX_PERIODS ? period : (this.total + period) % MAX_PERIODS;
  }
}
