import {
  type ActionSpace,
  type AgentDefinition,
  agents,
  allowedNames,
  describeOptions,
  differencesOf,
  ENGINE_IDS,
  type Environment,
  environments,
  type Feature,
  InputError,
  type MethodDefinition,
  methods,
  optionText,
  showValue,
} from "../index.js";
import type { Command } from "./command.js";
import { optionsText } from "./options-text.js";
import { showCount, showTable } from "./output.js";

/** Worlds, agents, methods and engines, with every option; of one world, agent or method in detail. */
export const list: Command = {
  name: "list",
  usage: {
    summary: "what there is: worlds, agents, methods that explain, and engines; with an id, all of its options",
    positionals: ["id?"],
    flags: [],
    examples: ["", "cartpole", "--json"],
  },
  async run(args, output) {
    const id = args.positionals[0];
    const world = environments.find(({ spec }) => spec.id === id);
    const agent = agents.find((candidate) => candidate.id === id);
    const method = methods.find((candidate) => candidate.id === id);
    if (id !== undefined && !world && !agent && !method) {
      const ids = [environments.map(({ spec }) => spec), agents, methods].flatMap((list) =>
        list.map((item) => item.id),
      );
      throw new InputError("id", showValue(id), allowedNames(id, ids));
    }
    if (world) {
      output.line(worldFacts(world));
      output.text(worldText(world));
    } else if (agent) {
      output.line(agentFacts(agent));
      output.text(agentText(agent));
    } else if (method) {
      output.line(methodFacts(method));
      output.text(methodText(method));
    } else {
      output.line({
        environments: environments.map(worldFacts),
        agents: agents.map(agentFacts),
        methods: methods.map(methodFacts),
        engines: ENGINE_IDS,
      });
      output.text(overview());
    }
    return 0;
  },
};

function overview(): string {
  return [
    "Worlds",
    showTable(environments.map(({ spec }) => [`  ${spec.id}`, spec.summary])),
    "",
    "Agents",
    showTable(agents.map(({ id, summary }) => [`  ${id}`, summary])),
    "",
    "Methods that explain",
    showTable(methods.map(({ id, summary }) => [`  ${id}`, summary])),
    "",
    "Engines",
    `  ${ENGINE_IDS.join(", ")}`,
  ].join("\n");
}

function worldFacts({ spec }: Environment) {
  return {
    id: spec.id,
    title: spec.title,
    summary: spec.summary,
    // Infinity is no JSON; an end without a bound is null.
    observation: spec.observation,
    action: spec.action,
    state: spec.state,
    rewardTerms: spec.rewardTerms,
    options: describeOptions(spec.options),
    solvedReturn: spec.solvedReturn,
    randomReturn: spec.randomReturn,
    secondsPerStep: spec.secondsPerStep,
    source: spec.source,
    differences: differencesOf(spec.id),
    runsOn: spec.runsOn,
  };
}

function agentFacts(agent: AgentDefinition) {
  return {
    id: agent.id,
    title: agent.title,
    summary: agent.summary,
    source: agent.source,
    options: describeOptions(agent.options),
    diagnostics: agent.diagnostics,
    presets: agent.presets,
    budgets: agent.budgets,
    learnsIn: environments.filter(({ spec }) => agent.unsupported(spec) === null).map(({ spec }) => spec.id),
  };
}

function methodFacts({ options, ...facts }: MethodDefinition) {
  return { ...facts, options: describeOptions(options) };
}

function methodText({ id, title, summary, source, options }: MethodDefinition): string {
  return [
    `${title} (${id}): ${summary}`,
    "",
    "Options (explain RUN --method METHOD --set NAME=VALUE)",
    optionsText(options),
    "",
    `Source: ${source}`,
  ].join("\n");
}

function worldText({ spec }: Environment): string {
  return [
    `${spec.title} (${spec.id}): ${spec.summary}`,
    "",
    "Observation",
    showTable(spec.observation.map((feature, i) => [`  ${i}`, feature.name, rangeText(feature)])),
    "",
    "Action",
    actionText(spec.action),
    "",
    "Reward, a sum of",
    showTable(spec.rewardTerms.map(({ name, help }) => [`  ${name}`, help])),
    "",
    "Options (--set env.NAME=VALUE)",
    optionsText(spec.options),
    "",
    `Source: ${spec.source}`,
    ...differencesOf(spec.id).map((difference) => `Differs: ${difference}`),
  ].join("\n");
}

function agentText(agent: AgentDefinition): string {
  const budgets = Object.entries(agent.budgets).map(([id, steps]) => `${id} ${showCount(steps)}`);
  const presets = Object.entries(agent.presets).map(([id, options]) => {
    const pairs = Object.entries(options).map(([key, value]) => `${key}=${optionText(value)}`);
    return `  ${id}: ${pairs.join(" ")}`;
  });
  return [
    `${agent.title} (${agent.id}): ${agent.summary}`,
    "",
    "Options (--set agent.NAME=VALUE)",
    optionsText(agent.options),
    "",
    "Presets by world",
    ...presets,
    "",
    `Steps unless --budget says otherwise: ${budgets.join(", ")}`,
    `Source: ${agent.source}`,
  ].join("\n");
}

function rangeText({ low, high, unit }: Feature): string {
  const end = (value: number, none: string) => (Number.isFinite(value) ? String(value) : none);
  return `${end(low, "−∞")} to ${end(high, "∞")} ${unit}`.trimEnd();
}

function actionText(space: ActionSpace): string {
  const rows =
    space.kind === "discrete"
      ? space.names.map((name, i) => [`  ${i}`, name])
      : space.features.map((feature, i) => [`  ${i}`, feature.name, rangeText(feature)]);
  return showTable(rows);
}
