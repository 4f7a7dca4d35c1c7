/**
 * Something a person gave (a link, a flag, a file, a message) cannot be used.
 *
 * The message is one sentence: which field, what was given, what is allowed. The command line prints it and
 * leaves with exit code 2; the page shows it under the field and stays usable.
 */
export class InputError extends Error {
  override readonly name = "InputError";

  constructor(
    /** The field as its reader knows it, for example `agent.learningRate`. */
    readonly field: string,
    /** What was given, as text. */
    readonly given: string,
    /** What is allowed, as text. */
    readonly allowed: string,
  ) {
    super(`${field}: expected ${allowed}, got ${given}`);
  }
}

/** Training cannot go on: a tensor is no longer finite, or an engine failed. Finished work is kept. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
}

/** What took a device away from its training. */
export type LossKind =
  /** The graphics device is gone: the driver was reset, the graphics process died, the adapter was unplugged. */
  | "device"
  /** There was no memory left. */
  | "memory"
  /** Nothing was heard for too long. */
  | "silence"
  /** The Worker itself broke. */
  | "worker";

/**
 * The device that computes is gone, and everything on it: whoever owns the training starts it anew, on a fresh device,
 * from its last checkpoint.
 */
export class DeviceLostError extends TrainingError {
  constructor(
    readonly kind: LossKind,
    detail: string,
  ) {
    super(detail);
  }
}

/** The loss that an error stands for, or null when it is none: a lost device, or memory that ran out anywhere. */
export function lossOf(error: unknown): LossKind | null {
  if (error instanceof DeviceLostError) return error.kind;
  // V8 and SpiderMonkey say so of arrays and of WebAssembly memories, with a RangeError each.
  const ranOut = error instanceof RangeError && /allocation failed|out of memory|memory\.grow/i.test(error.message);
  return ranOut ? "memory" : null;
}

/** How a value looks in an error message: short, and quoted where it is text. */
export function showValue(value: unknown): string {
  // JSON writes NaN and the infinities as null.
  const isPlain = typeof value !== "number" || Number.isFinite(value);
  const text = typeof value === "string" ? `"${value}"` : (isPlain && JSON.stringify(value)) || String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
