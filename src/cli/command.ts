import type { Arguments, Usage } from "./arguments.js";
import type { Output } from "./output.js";

/** One command of the command line. */
export interface Command {
  readonly name: string;
  readonly usage: Usage;
  /**
   * Does it. Resolves to the exit code: 0, or 1 for a failure that was already told. Throws `InputError` for wrong
   * input (exit code 2) before anything is printed or written.
   */
  run(args: Arguments, output: Output): Promise<number>;
}
