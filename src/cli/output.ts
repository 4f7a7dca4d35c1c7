/** Where a command writes: what a program reads on `out`, what a person should know on `err`. */
export interface Streams {
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
}

/**
 * What a command prints.
 *
 * With `--json` only JSON lines reach `out`; without it only readable text does. Notes and the progress bar go to
 * `err` either way.
 */
export class Output {
  private barShown = false;

  constructor(
    private readonly streams: Streams,
    /** `--json` was given. */
    readonly json: boolean,
  ) {}

  /** One JSON line, with `--json` only. */
  line(value: object): void {
    if (!this.json) return;
    this.clearBar();
    this.streams.out.write(`${JSON.stringify(value)}\n`);
  }

  /** Readable text, without `--json` only. */
  text(text: string): void {
    if (this.json) return;
    this.clearBar();
    this.streams.out.write(`${text}\n`);
  }

  /** A sentence beside the result. */
  note(sentence: string): void {
    this.clearBar();
    this.streams.err.write(`${sentence}\n`);
  }

  /** Whether a progress bar can be drawn. */
  get hasBar(): boolean {
    return this.streams.err.isTTY === true;
  }

  /** Draws one line over the last one, cut to the width of the terminal. */
  bar(text: string): void {
    if (!this.hasBar) return;
    const width = (this.streams.err.columns ?? 80) - 1;
    this.streams.err.write(`\r\x1b[K${text.slice(0, width)}`);
    this.barShown = true;
  }

  clearBar(): void {
    if (this.barShown) this.streams.err.write("\r\x1b[K");
    this.barShown = false;
  }
}

/** A count with thin groups: 1,234,567. */
export function showCount(count: number): string {
  return Math.round(count).toLocaleString("en-GB");
}

/** Seconds as m:ss or h:mm:ss. */
export function showDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Lines whose columns are lined up; numbers to the right. */
export function showTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => rows.reduce((most, row) => Math.max(most, row[column].length), 0));
  const isNumber = (cell: string) => /^[-−]?[\d,.]+$/.test(cell);
  return rows
    .map((row) =>
      row
        .map((cell, column) => (isNumber(cell) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
