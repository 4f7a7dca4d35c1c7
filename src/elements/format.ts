import { currentLocale } from "./localise.js";

/** Thousands are set apart by a thin space in every language, and a minus is as wide as a digit. */
const PARTS: Readonly<Record<string, string>> = {
  group: "\u202f",
  minusSign: "−",
  exponentMinusSign: "−",
  exponentSeparator: "e",
};
const formats = new Map<string, Intl.NumberFormat>();

function format(value: number, options: Intl.NumberFormatOptions): string {
  const key = `${currentLocale()} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.NumberFormat(currentLocale(), options);
    formats.set(key, found);
  }
  return found
    .formatToParts(value)
    .map(({ type, value: text }) => PARTS[type] ?? text)
    .join("");
}

/** A whole number: `81 920`. */
export function formatInteger(value: number): string {
  return format(Math.round(value), { maximumFractionDigits: 0 });
}

/** A measured number with `digits` significant digits, never more decimals than it needs: `0.011`, `446`, `2.3e-7`. */
export function formatSignificant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    return format(value, { notation: "scientific", maximumSignificantDigits: digits });
  }
  if (size >= 10 ** digits) return formatInteger(value);
  return format(value, { maximumSignificantDigits: digits, minimumSignificantDigits: 1 });
}

/** A number with a fixed count of decimals, for readouts that must not jitter. */
export function formatFixed(value: number, decimals: number): string {
  return format(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** A large number in at most four characters, its sign and a letter: `960`, `12.4 k`, `−142 k`, `1.24 M`. */
export function formatCompact(value: number): string {
  const magnitude = Math.abs(value);
  const [size, letter] = magnitude >= 999_500 ? [1e6, "M"] : magnitude >= 1000 ? [1e3, "k"] : [1, ""];
  return letter === "" ? formatInteger(value) : `${formatSignificant(value / size)}\u202f${letter}`;
}

/** A share as a percentage: `41 %`. */
export function formatPercent(share: number): string {
  return `${formatInteger(share * 100)}\u202f%`;
}
