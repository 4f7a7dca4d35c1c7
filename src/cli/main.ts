import { allowedNames, InputError, messageOf, showValue, VERSION } from "../index.js";
import { parseArguments } from "./arguments.js";
import type { Command } from "./command.js";
import { engines } from "./engines.js";
import { evaluate } from "./evaluate.js";
import { explain } from "./explain.js";
import { fit } from "./fit.js";
import { commandHelp, helpText } from "./help.js";
import { list } from "./list.js";
import { optimum } from "./optimum.js";
import { Output, type Streams } from "./output.js";
import { replay } from "./replay.js";
import { reproduce } from "./reproduce.js";
import { resume } from "./resume.js";
import { train } from "./train.js";
import { closeWebgpu, offerWebgpu } from "./webgpu.js";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  list,
  train,
  evaluate,
  explain,
  resume,
  replay,
  optimum,
  reproduce,
  fit,
  engines,
];

/**
 * Runs the command line. Resolves to the exit code: 2 for wrong input, 1 for a failure, 0 otherwise.
 *
 * @param args what stands after the program's name
 */
export async function main(args: readonly string[], streams: Streams): Promise<number> {
  const output = new Output(streams, args.includes("--json"));
  offerWebgpu();
  try {
    return await dispatch(args, output);
  } catch (error) {
    output.note(messageOf(error));
    return error instanceof InputError ? 2 : 1;
  } finally {
    await closeWebgpu();
  }
}

async function dispatch(args: readonly string[], output: Output): Promise<number> {
  const [first, ...rest] = args;
  if (first === "--version" || first === "version") {
    output.text(VERSION);
    output.line({ version: VERSION });
    return 0;
  }
  if (first === undefined || first === "help" || first === "--help") {
    const topic = rest.find((word) => !word.startsWith("--"));
    output.text(topic === undefined ? helpText(COMMANDS) : commandHelp(findCommand(topic)));
    return 0;
  }
  const command = findCommand(first);
  const parsed = parseArguments(command.usage, rest);
  if (parsed.values.has("help")) {
    output.text(commandHelp(command));
    return 0;
  }
  return command.run(parsed, output);
}

function findCommand(name: string): Command {
  const found = COMMANDS.find((command) => command.name === name);
  if (found) return found;
  const names = [...COMMANDS.map((command) => command.name), "help"];
  throw new InputError("command", showValue(name), allowedNames(name, names));
}
