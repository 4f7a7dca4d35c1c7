import { readFileSync } from "node:fs";
import {
  InputError,
  keepSales,
  messageOf,
  type OptionValue,
  RECORDED_SETTINGS,
  SALES_SCHEMA,
  salesOf,
  showValue,
} from "../index.js";
import { type Arguments, type Flag, textOf } from "./arguments.js";

/** Real sales for the settings of the inventory world whose demand is recorded. */
export const DEMAND_FLAG: Flag = {
  name: "demand",
  value: { label: "FILE", allowed: `a CSV file of weekly sales: ${SALES_SCHEMA.header}` },
  help: `weekly sales of the inventory world, a CSV file: ${SALES_SCHEMA.header} (default: generated ones)`,
};

/** A file of sales, and the world's options with it. */
export interface Demand {
  readonly text: string;
  readonly options: Readonly<Record<string, OptionValue>>;
}

/**
 * Reads the file that `--demand` names and makes it known; `options` are the others of the world. Null without the flag.
 * Throws `InputError` that names the file and its first line that cannot be used.
 */
export function demandOf(args: Arguments, env: string, options: Demand["options"]): Demand | null {
  const file = textOf(args, "demand");
  if (file === undefined) return null;
  if (env !== "inventory")
    throw new InputError("--demand", showValue(file), `no sales in the world ${env}: only inventory has them`);
  const { setting = RECORDED_SETTINGS[0] } = options;
  if (!RECORDED_SETTINGS.includes(String(setting))) {
    throw new InputError(
      "--demand",
      `env.setting=${String(setting)}`,
      `env.setting=${RECORDED_SETTINGS.join(" or ")} with it`,
    );
  }
  const text = readText(file);
  const sales = salesOf(text, `--demand ${file}`);
  keepSales(sales);
  return { text, options: { ...options, setting, sales: sales.id } };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError(
      "--demand",
      `${showValue(file)} (${messageOf(error).split(",", 1)[0]})`,
      "a CSV file that can be read",
    );
  }
}
