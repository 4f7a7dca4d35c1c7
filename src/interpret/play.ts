import type { Policy } from "../agents/policies/policy.js";
import { COMMAND_SIZE, type Commanded } from "../core/command.js";
import type { OptionValues } from "../core/options.js";
import type { Environment, EnvironmentSpec } from "../envs/environment.js";
import { type Actor, type EvaluationRequest, type EvaluationResult, evaluatePolicy } from "../evaluate/evaluate.js";
import { commandFeatures } from "./command-features.js";

/** Where explanations play. */
export interface World {
  readonly environment: Environment;
  /** Options of the world, as the policy was trained. */
  readonly options: OptionValues;
  /** What the explained policy says of commands; null or absent where it takes none. */
  readonly commanded?: Commanded | null;
}

/**
 * Plays episodes. Under a policy that follows commands, actors read what is left of the command after the observation:
 * rows [n, observationSize + 2], as in {@link withCommandAsFeatures}; it begins with the policy's own command.
 */
export function playEpisodes(
  actor: Actor,
  { environment, options, commanded }: World,
  episodes: Pick<EvaluationRequest, "episodes" | "seed" | "streamName">,
): Promise<EvaluationResult> {
  return evaluatePolicy(commanded ? joined(actor, commanded) : actor, environment, { ...episodes, options });
}

/** The actor, handed the command as two more features. */
function joined(actor: Actor, commanded: Commanded): Actor {
  return {
    commanded,
    act(observations, commands, actions, stream) {
      if (!commands) throw new RangeError("expected commands for a policy that follows them, got null");
      const rows = new Float32Array(observations.length + commands.length);
      joinCommands(observations, commands, rows);
      return actor.act(rows, null, actions, stream);
    },
  };
}

/** Fills `rows` [n, observationSize + 2] with each observation and what is left of its command. */
export function joinCommands(observations: Float32Array, commands: Float32Array, rows: Float32Array): void {
  const numRows = commands.length / COMMAND_SIZE;
  const size = observations.length / numRows;
  for (let row = 0; row < numRows; row++) {
    const to = row * (size + COMMAND_SIZE);
    for (let i = 0; i < size; i++) rows[to + i] = observations[row * size + i];
    for (let i = 0; i < COMMAND_SIZE; i++) rows[to + size + i] = commands[row * COMMAND_SIZE + i];
  }
}

/** The same policy and spec, with what is left of the command as two more features of the observation. */
export function withCommandAsFeatures(
  policy: Policy,
  spec: EnvironmentSpec,
  { command }: Commanded,
): { readonly policy: Policy; readonly spec: EnvironmentSpec } {
  const size = spec.observation.length;
  const split = (rows: Float32Array) => {
    const numRows = rows.length / (size + COMMAND_SIZE);
    const observations = new Float32Array(numRows * size);
    const commands = new Float32Array(numRows * COMMAND_SIZE);
    for (let row = 0; row < numRows; row++) {
      const from = row * (size + COMMAND_SIZE);
      for (let i = 0; i < size; i++) observations[row * size + i] = rows[from + i];
      for (let i = 0; i < COMMAND_SIZE; i++) commands[row * COMMAND_SIZE + i] = rows[from + size + i];
    }
    return { observations, commands };
  };
  const asked: Policy = {
    act(rows, _commands, actions, stream) {
      const { observations, commands } = split(rows);
      return policy.act(observations, commands, actions, stream);
    },
    actionScores(rows, scores) {
      const { observations, commands } = split(rows);
      return policy.actionScores?.(observations, scores, commands);
    },
    serialise: () => policy.serialise(),
  };
  return { policy: asked, spec: { ...spec, observation: [...spec.observation, ...commandFeatures(command)] } };
}
