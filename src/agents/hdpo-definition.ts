import { CPU_ENGINES } from "../compute/engine.js";
import type { AgentDefinition } from "./agent.js";
import { HDPO_BUDGETS, HDPO_DIAGNOSTICS, HDPO_PRESETS, type HdpoOptions, hdpoOptions } from "./hdpo-options.js";

/** Hindsight-differentiable policy optimisation as the registry knows it. */
export const hdpo: AgentDefinition = {
  id: "hdpo",
  title: "HDPO",
  summary: "Follows the gradient of the cost of past demand through a differentiable simulation.",
  source: "Alvo, Russo, Kanoria & Lee 2023, arXiv:2306.11246",
  options: hdpoOptions,
  diagnostics: HDPO_DIAGNOSTICS,
  presets: HDPO_PRESETS,
  budgets: HDPO_BUDGETS,
  // An update is 128 to 8,192 traces of 50 periods.
  evaluationEvery: 512_000,
  unsupported: (spec) =>
    spec.id === "inventory" ? null : "HDPO needs a simulation that gradients pass through; inventory networks have one",
  madeFor: ["inventory"],
  numEnvs: () => 1,
  network: (spec, values) => {
    const { policy, hidden } = values as unknown as HdpoOptions;
    if (policy !== "network") return { spec: networkOf(spec.observation.length, [4]), batch: 64, engines: CPU_ENGINES };
    const widths = hidden.length > 0 ? hidden : [32, 32, 32];
    return { spec: networkOf(spec.observation.length, widths), batch: 64, engines: CPU_ENGINES };
  },
  create: async (context) => {
    // With its simulation and policies it is larger than the page: whoever only lists agents need not load it.
    const { createHdpo } = await import("./hdpo.js");
    return createHdpo(context);
  },
  resident: {
    unsupported: (spec, options) => {
      // A store alone has one road, and orders one number.
      const isStore = spec.action.kind === "continuous" && spec.action.features.length === 1;
      const { policy } = options as unknown as HdpoOptions;
      if (isStore && policy === "network") return null;
      return "On the graphics device HDPO learns the plain network of one store.";
    },
    create: async (context, graphics) => {
      const { ResidentHdpo } = await import("./resident/hdpo.js");
      return ResidentHdpo.create(context, graphics);
    },
  },
};

const networkOf = (inputSize: number, hidden: readonly number[]) =>
  ({
    inputSize,
    activation: "elu",
    trunk: [],
    heads: [{ name: "orders", hidden, outputSize: 1, outputGain: 1 }],
  }) as const;
