import { msg, str } from "@lit/localize";
import type { Explanation, ExplanationWarning, ReturnScores } from "../interpret/explanation.js";
import { formatCompact, formatFixed, formatInteger, formatPercent, formatSignificant } from "./format.js";

/** What a reader must know before believing an explanation. */
export function warningText(warning: ExplanationWarning): string {
  switch (warning) {
    case "poor-fit":
      return msg("The line explains little of where the border lies: do not take the rule for the network.");
    case "impure-clusters":
      return msg("The clusters of Shapley values mix actions: the border between them is not the network's.");
    case "return-below-teacher":
      return msg("It earns clearly less than the network, however much it agrees.");
    case "one-action":
      return msg("The network does the same in every state it visits.");
    default:
      return warning satisfies never;
  }
}

/** How large it is, the parts set apart by a comma: `5 tests, 6 leaves`, or `5 numbers`. */
export function sizeText({ size, kind }: Explanation): string {
  if (kind === "tree") {
    const tests = ((size.nodes ?? 1) - 1) / 2;
    return msg(str`${formatInteger(tests)} tests, ${formatInteger(tests + 1)} leaves`);
  }
  const terms = formatInteger(size.terms ?? 0);
  return kind === "rule" ? msg(str`${terms} numbers`) : msg(str`${terms} features`);
}

/** Mean and half of its 95 % interval: `424 ± 13`. */
export function returnText({ returnMean, returnLow, returnHigh }: ReturnScores): string {
  const mean = formatSignificant(returnMean);
  if (returnLow === null || returnHigh === null) return mean;
  return `${mean} ± ${formatSignificant((returnHigh - returnLow) / 2, 2)}`;
}

/** The step it was made at: `from 1.10 M`. */
export function madeAtText({ step }: { readonly step: number }): string {
  return msg(str`from step ${formatCompact(step)}`);
}

/** A number of a rule or a test, as short as its size allows. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  return size >= 0.01 && size < 1000
    ? formatFixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
    : formatSignificant(value);
}

/** What is being measured, and how much of it is done. */
export function measuringText(share: number): string {
  return share > 0 ? msg(str`Measuring: ${formatPercent(share)}`) : msg("Measuring …");
}
