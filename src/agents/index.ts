import { InputError, showValue } from "../core/errors.js";
import type { AgentDefinition } from "./agent.js";
import { dqn } from "./dqn.js";
import { ppo } from "./ppo.js";
import { udrl } from "./udrl.js";

/** Every algorithm, in the order in which the page offers them. */
export const agents: readonly AgentDefinition[] = [ppo, dqn, udrl];

/** The algorithm of that id. Throws `InputError` that lists what there is. */
export function findAgent(id: string): AgentDefinition {
  const found = agents.find((agent) => agent.id === id);
  if (!found) throw new InputError("agent", showValue(id), `one of ${agents.map((agent) => agent.id).join(", ")}`);
  return found;
}
