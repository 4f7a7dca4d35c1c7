import type { Command } from "../core/command.js";
import type { Environment } from "../envs/environment.js";
import { type Actor, type EvaluationRequest, evaluatePolicy } from "./evaluate.js";
import { rankCorrelation } from "./rank-correlation.js";

/** What came of asking for one return. */
export interface Following {
  readonly command: Command;
  /** Mean return and length over the episodes that were asked for it. */
  readonly achieved: number;
  readonly length: number;
}

/** How well a policy does what it is asked. */
export interface CommandFollowing {
  readonly points: readonly Following[];
  /** Spearman's correlation of asked and achieved returns; null where all achieve the same. */
  readonly correlation: number | null;
  readonly episodesEach: number;
}

/**
 * Asks a policy for each of the commands and correlates what was asked with what came of it.
 *
 * All episodes run side by side, `episodesEach` of them under each command, from start states of their own. Throws
 * `RangeError` for fewer than two commands.
 */
export async function commandFollowing(
  actor: Actor,
  environment: Environment,
  request: Omit<EvaluationRequest, "episodes" | "command"> & {
    readonly commands: readonly Command[];
    readonly episodesEach: number;
  },
): Promise<CommandFollowing> {
  const { commands, episodesEach, ...rest } = request;
  if (commands.length < 2) throw new RangeError(`expected 2 or more commands, got ${commands.length}`);
  const command = commands.flatMap((asked) => Array.from({ length: episodesEach }, () => asked));
  const { returns, lengths } = await evaluatePolicy(actor, environment, {
    ...rest,
    episodes: command.length,
    command,
  });
  const points = commands.map((asked, i): Following => {
    let [achieved, length] = [0, 0];
    for (let episode = i * episodesEach; episode < (i + 1) * episodesEach; episode++) {
      achieved += returns[episode] / episodesEach;
      length += lengths[episode] / episodesEach;
    }
    return { command: asked, achieved, length };
  });
  const correlation = rankCorrelation(
    points.map((point) => point.command.desiredReturn),
    points.map(({ achieved }) => achieved),
  );
  return { points, correlation: Number.isNaN(correlation) ? null : correlation, episodesEach };
}
