import type { Row } from "./bench.js";
import { type Machine, machineText } from "./machine.js";
import { showTable } from "./table.js";

/** The page that states the figures. */
export const DOCUMENT = "docs/performance.md";

/**
 * A page with the table of one benchmark put between its two marks, `<!-- bench NAME -->` and `<!-- end NAME -->`.
 *
 * Throws `RangeError` when the page lacks them.
 */
export function withTable(page: string, name: string, rows: readonly Row[], machine: Machine): string {
  const [start, end] = [`<!-- bench ${name} -->`, `<!-- end ${name} -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new RangeError(`expected the marks ${start} and ${end}, got a page without them`);
  const inside = `\n\n${showTable(rows)}\n\n${machineText(machine)}.\n\n`;
  return page.slice(0, from + start.length) + inside + page.slice(to);
}
