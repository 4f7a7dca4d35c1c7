import { main } from "../../src/cli/main.js";

/** What one call of the command line did. */
export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The lines of `out` as JSON. */
  lines(): Record<string, unknown>[];
}

/** Calls the command line within this process. */
export async function call(...args: readonly string[]): Promise<Called> {
  let out = "";
  let err = "";
  const code = await main(args, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
  });
  return { code, out, err, lines: () => jsonLines(out) };
}

/** Reads JSON lines; anything else among them is an error. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
