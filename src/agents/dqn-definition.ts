import type { AgentDefinition } from "./agent.js";
import { networkOf } from "./dqn-network.js";
import { DQN_BUDGETS, DQN_DIAGNOSTICS, DQN_PRESETS, type DqnOptions, dqnOptions } from "./dqn-options.js";

/** DQN as the registry knows it. */
export const dqn: AgentDefinition = {
  id: "dqn",
  title: "DQN",
  summary: "Learns what each action is worth from a memory of past steps, and takes the best one.",
  source: "Mnih et al. 2015, Human-level control through deep reinforcement learning, Nature 518",
  options: dqnOptions,
  diagnostics: DQN_DIAGNOSTICS,
  presets: DQN_PRESETS,
  budgets: DQN_BUDGETS,
  unsupported: (spec) =>
    spec.action.kind === "discrete" ? null : "DQN chooses among named actions; this world takes continuous ones",
  numEnvs: (options) => (options as unknown as DqnOptions).numEnvs,
  network: (spec, values) => {
    const options = values as unknown as DqnOptions;
    const steps = Math.max(options.trainEvery, options.numEnvs);
    const gathering = { copies: options.numEnvs, stepsPerUpdate: steps / options.gradientSteps };
    return { spec: networkOf(spec, options), batch: options.batchSize, gathering };
  },
  create: async (context) => {
    const { createDqn } = await import("./dqn.js");
    return createDqn(context);
  },
  resident: {
    unsupported: (_spec, options) =>
      (options as unknown as DqnOptions).prioritised
        ? "Prioritised replay is not available on the graphics device."
        : null,
    create: async (context, graphics) => {
      const options = context.options as unknown as DqnOptions;
      const { ResidentDqn } = await import("./resident/dqn.js");
      return ResidentDqn.create(context, graphics, options, networkOf(context.env.spec, options));
    },
  },
};
