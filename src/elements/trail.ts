/** States kept at most; a longer episode keeps every second of them, and so on. */
const MAX_STATES = 256;

/** The way of one episode, thinned evenly as it grows. */
export class Trail {
  /** Oldest first. */
  states: Float64Array[] = [];
  private stride = 1;
  private count = 0;

  clear(): void {
    this.states = [];
    this.stride = 1;
    this.count = 0;
  }

  /** Takes a copy: the frames that states come in need not be kept. */
  add(state: Float64Array): void {
    if (this.count++ % this.stride !== 0) return;
    this.states.push(state.slice());
    if (this.states.length < MAX_STATES) return;
    this.states = this.states.filter((_, i) => i % 2 === 0);
    this.stride *= 2;
  }
}
