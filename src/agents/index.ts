import { InputError, showValue } from "../core/errors.js";
import type { OptionValues } from "../core/options.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import type { AgentDefinition } from "./agent.js";
import { dqn } from "./dqn-definition.js";
import { hdpo } from "./hdpo-definition.js";
import { ppo } from "./ppo-definition.js";
import { udrl } from "./udrl-definition.js";

/** Every algorithm, in the order in which the page offers them. */
export const agents: readonly AgentDefinition[] = [ppo, dqn, udrl, hdpo];

/** The algorithm of that id. Throws `InputError` that lists what there is. */
export function findAgent(id: string): AgentDefinition {
  const found = agents.find((agent) => agent.id === id);
  if (!found) throw new InputError("agent", showValue(id), `one of ${agents.map((agent) => agent.id).join(", ")}`);
  return found;
}

/**
 * Why a training cannot stay on the graphics device, worlds, networks and updates, in one sentence; null when it can.
 *
 * On the engine `wgsl` it then runs with its worlds on the CPU, which is slower than an engine on the CPU: a choice of
 * engine should go elsewhere.
 */
export function residentRefusal(
  definition: AgentDefinition,
  spec: EnvironmentSpec,
  options: OptionValues,
): string | null {
  if (!definition.resident) return `${definition.title} does not learn on the graphics device.`;
  if (!spec.runsOn.includes("gpu")) return `${spec.title} does not run on the graphics device.`;
  return definition.resident.unsupported(spec, options);
}
