import { msg, str } from "@lit/localize";
import type { DiagnosticDescription } from "../agents/agent.js";
import { formatSignificant } from "./format.js";
import { translated } from "./localise.js";

export type Verdict = "good" | "watch" | "bad";

/** One sign of health: the value now, and whether it is where it should be. */
export interface Sign {
  readonly description: DiagnosticDescription;
  /** Null before the first update. */
  readonly value: number | null;
  /** Null where no healthy range is known. */
  readonly verdict: Verdict | null;
}

/** What the diagnosis rests on. */
export interface DiagnosisInput {
  readonly signs: readonly Sign[];
  /** Mean return by bucket of steps, oldest first. */
  readonly returns: readonly (number | null)[];
  readonly randomReturn: number;
  readonly solvedReturn: number | null;
  readonly lastEvaluation: number | null;
  readonly finished: boolean;
}

/** One verdict in words: a name and its evidence. */
export interface Diagnosis {
  readonly verdict: Verdict | null;
  readonly title: string;
  readonly evidence: string;
}

/** Reads every diagnostic against its healthy range. */
export function readSigns(
  descriptions: readonly DiagnosticDescription[],
  readValue: (key: string) => number | null,
): Sign[] {
  return descriptions.map((description) => {
    const value = readValue(description.key);
    return { description, value, verdict: judge(description.healthy, value) };
  });
}

function judge(healthy: DiagnosticDescription["healthy"], value: number | null): Verdict | null {
  if (!healthy || value === null) return null;
  const [low, high] = healthy;
  return (low !== null && value < low) || (high !== null && value > high) ? "watch" : "good";
}

/** The healthy range in words: `below 0.02`, `above 0`, `0.1 to 0.5`; empty where none is known. */
export function healthyText(healthy: DiagnosticDescription["healthy"]): string {
  const [low, high] = healthy ?? [null, null];
  if (low !== null && high !== null) return msg(str`${formatSignificant(low)} to ${formatSignificant(high)}`);
  if (high !== null) return msg(str`below ${formatSignificant(high)}`);
  return low !== null ? msg(str`above ${formatSignificant(low)}`) : "";
}

/** One sentence about how the training goes, and one with the evidence. */
export function diagnose(input: DiagnosisInput): Diagnosis {
  const { signs, returns, randomReturn, solvedReturn, lastEvaluation, finished } = input;
  const known = returns.filter((value) => value !== null);
  const learned = signs.some(({ value }) => value !== null);
  if (known.length === 0 && !learned) {
    return { verdict: null, title: msg("Nothing learned yet."), evidence: msg("Signs appear with the first update.") };
  }
  const astray = signs.filter(({ verdict }) => verdict === "watch");
  const warning = astray.length === 0 ? null : warningOf(astray);
  if (solvedReturn !== null && lastEvaluation !== null && lastEvaluation >= solvedReturn) {
    const evidence = msg(
      str`The last evaluation scored ${formatSignificant(lastEvaluation)}; ${formatSignificant(solvedReturn)} counts as solved.`,
    );
    // A solved world leaves its signs little to measure (all returns equal), so they are not held against it.
    return { verdict: "good", title: msg("Solved."), evidence };
  }
  if (warning) return warning;
  return trendOf(known, randomReturn, solvedReturn, finished);
}

function warningOf(astray: readonly Sign[]): Diagnosis {
  const [{ description, value }] = astray;
  const name = translated(description.title);
  const [is, healthy] = [formatSignificant(value ?? Number.NaN), healthyText(description.healthy)];
  if (astray.length === 1) {
    const evidence = msg(str`It is ${is}, healthy is ${healthy}.`);
    return {
      verdict: "watch",
      title: msg(str`Watch the ${name}.`),
      evidence: `${evidence} ${translated(description.help)}`,
    };
  }
  const evidence = msg(str`${name} is ${is}, healthy is ${healthy}.`);
  return { verdict: "watch", title: msg(str`${astray.length} signs out of range.`), evidence };
}

/** How the return moves, held against the way it has gone so far or a part of that from chance to solved. */
function trendOf(
  known: readonly number[],
  randomReturn: number,
  solvedReturn: number | null,
  finished: boolean,
): Diagnosis {
  const now = known[known.length - 1] ?? randomReturn;
  const best = Math.max(...known);
  const start = known[0] ?? now;
  const gone = Math.max(Math.abs(best - Math.min(...known)), Math.abs(best - randomReturn), 1e-9);
  const span = Math.max(gone, 0.3 * Math.abs((solvedReturn ?? randomReturn) - randomReturn));
  const rose = msg(str`Return went from ${formatSignificant(start)} to ${formatSignificant(now)}`);
  const random = msg(str`random actions earn ${formatSignificant(randomReturn)}`);
  const evidence = `${rose}; ${random}.`;
  if (best - now > 0.3 * span && known.length > 8) {
    const title = msg("Falling back.");
    return {
      verdict: "watch",
      title,
      evidence: msg(str`Return was ${formatSignificant(best)} and is ${formatSignificant(now)} now.`),
    };
  }
  if (now - start > 0.1 * span && now > randomReturn) {
    return { verdict: "good", title: finished ? msg("Learned.") : msg("Learning steadily."), evidence };
  }
  const title = now > randomReturn + 0.1 * span ? msg("Holding its level.") : msg("No better than chance so far.");
  return { verdict: "good", title, evidence };
}
