import { VERSION } from "../index.js";
import { COMMON_FLAGS, type Flag } from "./arguments.js";
import type { Command } from "./command.js";
import { showTable } from "./output.js";

const CALL = "npm run vitrine --";

/** What there is to do. */
export function helpText(commands: readonly Command[]): string {
  const rows = commands.map(({ name, usage }) => [`  ${name}`, usage.summary]);
  return `Vitrine ${VERSION}: deep reinforcement learning without a page.

${CALL} COMMAND [flags]

${showTable(rows)}
  ${CALL} help COMMAND says more.`;
}

/** How one command is called. */
export function commandHelp({ name, usage }: Command): string {
  const words = usage.positionals.map((word) => (word.endsWith("?") ? `[${word.slice(0, -1)}]` : word));
  const call = [CALL, name, ...words, "[flags]"].join(" ");
  const flags = [...usage.flags, ...COMMON_FLAGS].map((flag) => [`  ${flagText(flag)}`, flag.help]);
  const examples = usage.examples.map((example) => `  ${CALL} ${name} ${example}`.trimEnd());
  const sections = (usage.sections ?? []).flatMap(({ heading, text }) => [heading, text, ""]);
  return [usage.summary, "", call, "", showTable(flags), "", ...sections, ...examples].join("\n").trimEnd();
}

function flagText(flag: Flag): string {
  return flag.value === null ? `--${flag.name}` : `--${flag.name} ${flag.value.label}`;
}
