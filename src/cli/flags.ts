import { findAgent, findEnvironment, InputError, type OptionValue, parseOptionText } from "../index.js";
import { type Arguments, type Flag, wholeNumberOf } from "./arguments.js";

/** Flags that several commands share. */
export const ENV_FLAG: Flag = {
  name: "env",
  value: { label: "WORLD", allowed: "the id of a world" },
  help: "which world (default: cartpole)",
};
export const AGENT_FLAG: Flag = {
  name: "agent",
  value: { label: "AGENT", allowed: "the id of an agent" },
  help: "which algorithm (default: ppo)",
};
export const SEED_FLAG: Flag = {
  name: "seed",
  value: { label: "N", allowed: "a whole number from 0 to 4294967295" },
  help: "same seed, same result (default: a fresh one, which is shown)",
};
export const SET_FLAG: Flag = {
  name: "set",
  value: { label: "KEY=VALUE", allowed: "env.NAME=VALUE or agent.NAME=VALUE" },
  help: "one option, env.NAME=VALUE or agent.NAME=VALUE; may be repeated, the last of a name counts (list WORLD and list AGENT name them)",
  repeated: true,
};

/** Options that `--set` gave, parsed. */
export interface OptionSettings {
  readonly env: Readonly<Record<string, OptionValue>>;
  readonly agent: Readonly<Record<string, OptionValue>>;
}

/**
 * Reads every `--set`. Throws `InputError` that names the option. Without an agent only `env.…` is taken.
 */
export function settingsOf(args: Arguments, env: string, agent: string | null): OptionSettings {
  const settings = { env: {} as Record<string, OptionValue>, agent: {} as Record<string, OptionValue> };
  for (const text of args.values.get("set") ?? []) {
    const match = /^(env|agent)\.(\w+)=(.*)$/s.exec(text);
    if (!match || (match[1] === "agent" && agent === null)) {
      throw new InputError("--set", text, agent === null ? "env.NAME=VALUE" : "env.NAME=VALUE or agent.NAME=VALUE");
    }
    const [, part, key, value] = match;
    if (part === "env") settings.env[key] = parseOptionText(findEnvironment(env).spec.options, key, value, "env");
    else if (agent !== null) settings.agent[key] = parseOptionText(findAgent(agent).options, key, value, "agent");
  }
  return settings;
}

/** The seed that was given, or undefined. Throws `InputError`. */
export function seedOf(args: Arguments): number | undefined {
  const seed = wholeNumberOf(args, "seed");
  if (seed !== undefined && seed > 0xffffffff) {
    throw new InputError("--seed", String(seed), "a whole number from 0 to 4294967295");
  }
  return seed;
}
