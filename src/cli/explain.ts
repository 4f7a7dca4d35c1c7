import {
  type EnvironmentSpec,
  type Explanation,
  explain as explainPolicy,
  findMethod,
  InputError,
  type MethodDefinition,
  methods,
  type OptionValue,
  parseOptionText,
  policyText,
  showValue,
} from "../index.js";
import { type Arguments, textOf } from "./arguments.js";
import type { Command } from "./command.js";
import { SEED_FLAG, SET_FLAG, seedOf } from "./flags.js";
import { showTable } from "./output.js";
import { openRun } from "./run.js";

/** Makes a readable account of a run's policy, scores it, and keeps it in the run. */
export const explain: Command = {
  name: "explain",
  usage: {
    summary:
      "make a policy readable and score it: a tree, a linear rule, an order of importance, a store's levels, or a graph network's messages",
    positionals: ["run"],
    flags: [
      {
        name: "method",
        value: { label: "METHOD", allowed: `one of ${methods.map(({ id }) => id).join(", ")}` },
        help: "viper (default), dagger or bc: a tree; shapley: a linear rule; importance: an order of the features; orders: levels of a store; messages: what a graph network passes along the roads",
      },
      { ...SEED_FLAG, help: "decides what is gathered, never the test episodes (default: the seed of the run)" },
      {
        ...SET_FLAG,
        value: { label: "NAME=VALUE", allowed: "NAME=VALUE, an option of the method" },
        help: "one option of the method, NAME=VALUE; may be repeated, the last of a name counts (list METHOD names them)",
      },
    ],
    examples: [
      "runs/cartpole-dqn-s1-1 --method viper --set maxLeafNodes=8 --json",
      "runs/cartpole-ppo-s1-1 --method shapley",
    ],
  },
  async run(args, output) {
    const method = findMethod(textOf(args, "method") ?? "viper");
    const options = methodOptionsOf(args, method);
    const seed = seedOf(args);
    const [folder] = args.positionals;
    const { session, store, notices } = await openRun(folder);
    try {
      for (const notice of notices) output.note(notice);
      if (session.step === 0) {
        throw new InputError("run", showValue(folder), "a run with a checkpoint; this one has none yet");
      }
      const { config, environment, policy, step } = session;
      const { envOptions, agent } = config;
      const explanation = await explainPolicy({
        policy,
        environment,
        envOptions,
        agent,
        step,
        method: method.id,
        options,
        seed: seed ?? config.seed,
      });
      const file = await store.saveExplanation(explanation);
      output.line({ run: folder, file, ...explanation.size, ...explanation });
      output.text(explanationText(explanation, environment.spec));
      output.text(`kept in ${folder}/${file}`);
      return 0;
    } finally {
      session.dispose();
    }
  },
};

/** Reads every `--set NAME=VALUE`. Throws `InputError` that names the option. */
export function methodOptionsOf(args: Arguments, method: MethodDefinition): Record<string, OptionValue> {
  const options: Record<string, OptionValue> = {};
  for (const text of args.values.get("set") ?? []) {
    const match = /^(\w+)=(.*)$/s.exec(text);
    if (!match) throw new InputError("--set", text, "NAME=VALUE");
    options[match[1]] = parseOptionText(method.options, match[1], match[2], method.id);
  }
  return options;
}

/** How far a cost is above the optimum; chance may put it a little below. */
export function gapText(share: number): string {
  if (Math.abs(share) < 0.0005) return "gap: none";
  return share > 0 ? `${percent(share)} above` : `${percent(-share)} below`;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Nodes of the largest tree that is printed: more are no longer read. */
const MAX_SHOWN_NODES = 127;

function explanationText(explanation: Explanation, spec: EnvironmentSpec): string {
  const { env, agent, step, method, size, teacher, command } = explanation;
  const returns = ({ returnMean, returnStd, returnLow, returnHigh }: typeof teacher) =>
    `${returnMean.toFixed(2)} ± ${returnStd.toFixed(2)}` +
    (returnLow === null || returnHigh === null
      ? ""
      : `, 95 % interval ${returnLow.toFixed(2)} to ${returnHigh.toFixed(2)}`);
  const sizes = Object.entries(size).map(([unit, count]) => `${count} ${unit}`);
  return [
    `${env} ${agent} at step ${step}, ${method}: ${sizes.join(", ")}`,
    showTable([
      ...(command ? [["  asked for", `${command.desiredReturn} within ${command.desiredHorizon} steps`]] : []),
      ["  return", `${returns(explanation)} over ${explanation.episodes} episodes`],
      ["  network", `${returns(teacher)}${explanation.equivalent ? ": equivalent within 2 %" : ""}`],
      [
        "  agreement",
        `${percent(explanation.fidelity)} on the network's states, ${percent(explanation.fidelityOnOwnStates)} on its own`,
      ],
      ["  regret", regretText(explanation.regret)],
      ["  time", `${explanation.seconds.toFixed(2)} s`],
      ...detailRows(explanation),
    ]),
    ...explanation.warnings.map((warning) => `  warning: ${WARNINGS[warning]}`),
    ...policyLines(explanation, spec),
  ].join("\n");
}

function regretText(regret: number | null): string {
  return regret === null ? "the network has no values" : `${regret.toPrecision(3)} an action, as the network sees it`;
}

/** The readable policy itself, between empty lines. */
function policyLines(explanation: Explanation, spec: EnvironmentSpec): string[] {
  if ((explanation.size.nodes ?? 0) > MAX_SHOWN_NODES) {
    return ["", `  a tree of more than ${MAX_SHOWN_NODES} nodes is not printed`, ""];
  }
  const lines = policyText(explanation, spec);
  return lines.length === 0 ? [] : ["", ...lines.map((line) => `  ${line}`), ""];
}

const WARNINGS: Readonly<Record<Explanation["warnings"][number], string>> = {
  "poor-fit": "the line explains little of where the border lies; do not take the rule for the policy",
  "impure-clusters": "the clusters of Shapley values mix actions",
  "return-below-teacher": "it earns clearly less than the network",
  "one-action": "the network does the same in every state it visits",
};

function detailRows(explanation: Explanation): string[][] {
  switch (explanation.kind) {
    case "tree":
      return [];
    case "rule": {
      const { r2, purity, boundaryPoints, regression } = explanation;
      return [
        ["  line", `${regression} through ${boundaryPoints} points, R² ${r2.toFixed(4)}`],
        ["  clusters", `${percent(purity)} pure`],
      ];
    }
    case "importance":
      return explanation.order.map((i) => {
        const { feature, shapley, flips } = explanation.importances[i];
        return [`  ${feature}`, `${shapley.toPrecision(3)}, ${percent(flips)} of the actions change without it`];
      });
    case "orders": {
      const { text, levels, costMean, teacherCostMean, optimum, candidates } = explanation;
      const chosen = candidates.find((candidate) => candidate.chosen);
      const known = optimum.cost === null ? [] : [["  optimum", `${optimum.cost.toFixed(4)} (${optimum.kind})`]];
      const gap = (cost: number) =>
        optimum.cost === null ? "" : `, ${gapText((cost - optimum.cost) / Math.abs(optimum.cost))}`;
      return [
        ...(levels
          ? [["  rule", chosen?.label ?? ""], ...(text ?? "").split("; ").map((road) => ["", road])]
          : [["  rule", text ?? "a regression tree"]]),
        [
          "  cost",
          `${costMean.toFixed(4)}${gap(costMean)}; of the network ${teacherCostMean.toFixed(4)}${gap(teacherCostMean)}`,
        ],
        ...known,
        ...candidates.map(({ label, selectionReturn, agreement }) => [
          "  tried",
          `${label}: cost ${(-selectionReturn).toFixed(4)}, agreement ${percent(agreement)}`,
        ]),
      ];
    }
    case "messages": {
      const { roads, edges, costMean, silentCostMean, numStates } = explanation;
      const most = edges.map(({ moved }) => moved.indexOf(Math.max(...moved)));
      return [
        [
          "  cost",
          `${costMean.toFixed(4)}; ${silentCostMean.toFixed(4)} where every edge says what it says on average`,
        ],
        ["  edges", `each silenced in ${numStates} states; most moved order, and what the policy costs without`],
        ...edges.map(({ name, moved, costWithout }, edge) => [
          `  ${name}`,
          `${moved[most[edge]].toFixed(3)} units of ${roads[most[edge]]}, cost ${costWithout < 0 ? "" : "+"}${costWithout.toFixed(4)}`,
        ]),
      ];
    }
    default:
      return explanation satisfies never;
  }
}
