import type { Row, Target } from "./bench.js";

const HEADER = ["what", "where", "measured", "target", "reached", "for comparison", "how"];

/** Whether a row reaches its target; null where it has none or was not measured. */
export function isReached({ value, target }: Row): boolean | null {
  if (!target || value === null) return null;
  return target.better === "higher" ? value >= target.value : value <= target.value;
}

/** Three significant digits, thousands apart: `0.393`, `12.5`, `134,000`. */
export function showNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(3));
  return Math.abs(rounded) >= 1000 ? rounded.toLocaleString("en-US") : String(rounded);
}

/** The rows as a Markdown table whose columns also align in a terminal. */
export function showTable(rows: readonly Row[]): string {
  const cells = [HEADER, ...rows.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const lineOf = (line: readonly string[]) => `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [header, ...body] = cells.map(lineOf);
  return [header, rule, ...body].join("\n");
}

function cellsOf(row: Row): string[] {
  const reached = isReached(row);
  return [
    row.what,
    row.platform === "node" ? "Node" : "Chromium",
    row.value === null ? "not measured" : withUnit(row.value, row.unit),
    row.target ? targetText(row.target, row.unit) : "",
    reached === null ? "" : reached ? "yes" : "**no**",
    row.comparison ?? "",
    row.note,
  ];
}

function targetText({ value, better }: Target, unit: string): string {
  // In full: a target is stated, not measured.
  return `${better === "higher" ? ">=" : "<="} ${value.toLocaleString("en-US")}${unit === "" ? "" : ` ${unit}`}`;
}

function withUnit(value: number, unit: string): string {
  return unit === "" ? showNumber(value) : `${showNumber(value)} ${unit}`;
}
