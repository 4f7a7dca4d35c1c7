import type { UnrolledNetwork, ValueRows } from "../../compute/unrolled.js";

/** Index of the first entry of a row. */
export const at = ({ first, stride }: ValueRows, row: number): number => first + row * stride;

/**
 * A row of numbers for each node, or each edge, of every trace. Networks work on the first rows of each trace, all of
 * them or fewer: theirs are numbered trace by trace too.
 */
export class Embeddings {
  /** [maxTraces × perTrace, size]. */
  readonly values: Float64Array;

  constructor(
    maxTraces: number,
    readonly perTrace: number,
    readonly size: number,
  ) {
    this.values = new Float64Array(maxTraces * perTrace * size);
  }

  clear(numTraces: number): void {
    this.values.fill(0, 0, numTraces * this.perTrace * this.size);
  }

  /** Replaces the first rows of each trace by those of a network. */
  read({ values: from }: UnrolledNetwork, rows: ValueRows, numTraces: number, numFirst = this.perTrace): void {
    const { values, perTrace, size } = this;
    for (let trace = 0; trace < numTraces; trace++) {
      for (let row = 0; row < numFirst; row++) {
        const start = at(rows, trace * numFirst + row);
        const to = (trace * perTrace + row) * size;
        for (let i = 0; i < size; i++) values[to + i] = from[start + i];
      }
    }
  }

  /** Adds a network's rows to the first rows of each trace. */
  add({ values: from }: UnrolledNetwork, rows: ValueRows, numTraces: number, numFirst = this.perTrace): void {
    const { values, perTrace, size } = this;
    for (let trace = 0; trace < numTraces; trace++) {
      for (let row = 0; row < numFirst; row++) {
        const start = at(rows, trace * numFirst + row);
        const to = (trace * perTrace + row) * size;
        for (let i = 0; i < size; i++) values[to + i] += from[start + i];
      }
    }
  }

  /** Makes the first rows of each trace the first entries of a network's rows. */
  write({ values: target }: UnrolledNetwork, rows: ValueRows, numTraces: number, numFirst = this.perTrace): void {
    const { values, perTrace, size } = this;
    for (let trace = 0; trace < numTraces; trace++) {
      for (let row = 0; row < numFirst; row++) {
        const from = (trace * perTrace + row) * size;
        const to = at(rows, trace * numFirst + row);
        for (let i = 0; i < size; i++) target[to + i] = values[from + i];
      }
    }
  }
}
