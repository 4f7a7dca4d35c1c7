import type { AgentDefinition } from "./agent.js";
import { networkOf } from "./ppo-network.js";
import { PPO_BUDGETS, PPO_DIAGNOSTICS, PPO_PRESETS, type PpoOptions, ppoOptions } from "./ppo-options.js";

/** PPO as the registry knows it. */
export const ppo: AgentDefinition = {
  id: "ppo",
  title: "PPO",
  summary: "Improves its policy in small, clipped steps on fresh experience from many copies of the world.",
  source: "Schulman et al. 2017, Proximal policy optimization algorithms, arXiv:1707.06347",
  options: ppoOptions,
  diagnostics: PPO_DIAGNOSTICS,
  presets: PPO_PRESETS,
  budgets: PPO_BUDGETS,
  unsupported: () => null,
  numEnvs: (options) => (options as unknown as PpoOptions).numEnvs,
  network: (spec, values) => {
    const options = values as unknown as PpoOptions;
    const batch = Math.min(options.minibatchSize, options.numEnvs * options.numSteps);
    const gathering = { copies: options.numEnvs, stepsPerUpdate: batch / options.epochs };
    return { spec: networkOf(spec, options), batch, gathering };
  },
  create: async (context) => {
    const { createPpo } = await import("./ppo.js");
    return createPpo(context);
  },
  resident: {
    unsupported: () => null,
    create: async (context, graphics) => {
      const options = context.options as unknown as PpoOptions;
      const { ResidentPpo } = await import("./resident/ppo.js");
      return ResidentPpo.create(context, graphics, options, networkOf(context.env.spec, options));
    },
  },
};
