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
