import type { AgentDefinition } from "./agent.js";
import { bodyOf, sizesOf } from "./udrl/shape.js";
import { UDRL_BUDGETS, UDRL_DIAGNOSTICS, UDRL_PRESETS, type UdrlOptions, udrlOptions } from "./udrl-options.js";

/** Upside-down RL as the registry knows it. */
export const udrl: AgentDefinition = {
  id: "udrl",
  title: "UDRL",
  summary: "Learns which action follows from a command, a return within a number of steps, out of its own episodes.",
  source: "Srivastava et al. 2019, arXiv:1912.02877; Cardenas-Cartagena et al. 2025, arXiv:2411.11457",
  options: udrlOptions,
  diagnostics: UDRL_DIAGNOSTICS,
  presets: UDRL_PRESETS,
  budgets: UDRL_BUDGETS,
  unsupported: (spec) =>
    spec.action.kind === "discrete"
      ? null
      : "upside-down RL chooses among named actions; this world takes continuous ones",
  numEnvs: () => 1,
  network: (spec, values) => {
    const options = values as unknown as UdrlOptions;
    if (options.learner !== "network") return null;
    return { spec: bodyOf(sizesOf(spec).numActions, options), batch: options.batchSize };
  },
  create: async (context) => {
    // With its learners it is larger than the page: whoever only lists agents need not load it.
    const { createUdrl } = await import("./udrl.js");
    return createUdrl(context);
  },
};
