import type { OptionValues } from "../../core/options.js";
import type { Environment, PlayableEnvironment } from "../environment.js";
import { LazyVariants } from "../variants.js";
import { networkSpec, wholeSpec } from "./spec.js";

/** Code of the networks: only loaded when one is played. */
const variants = (pick: "networkOf" | "wholeOf") =>
  new LazyVariants<OptionValues, PlayableEnvironment>(async () => (await import("./variant.js"))[pick]);

/** The inventory networks of HDPO, with orders of any size. */
export const inventory: Environment = {
  spec: networkSpec,
  variants: variants("networkOf"),
  prepare: async (options) => (await import("./variant.js")).loadSales(options),
};

/** One store that orders whole units. */
export const inventoryWhole: Environment = { spec: wholeSpec, variants: variants("wholeOf") };
