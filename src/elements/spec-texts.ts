import { agents, residentRefusal } from "../agents/index.js";
import { describeOptions, type OptionsSchema } from "../core/options.js";
import { loadDrawing } from "../envs/drawings.js";
import { environments } from "../envs/index.js";
import { commandFeatures } from "../interpret/command-features.js";
import { trainingOptions } from "../runs/link.js";
import { NETWORK_SENTENCES } from "./network-refusals.js";

/** What the calibration says of engines it did not time. */
const ENGINE_NOTES = [
  "Not timed: it would first load TensorFlow.js.",
  "Not timed: not asked for.",
  "The graphics adapter is a software one.",
  "There is no graphics adapter.",
  "This platform does not offer it.",
];

/**
 * Every text the page shows that comes from data rather than from a template: titles, help and names of worlds, agents
 * and their options, without proper names.
 *
 * `npm run texts` writes them into `spec-texts.generated.ts`, where the extraction of messages finds them; the page
 * looks them up by `translated`.
 */
export async function specTexts(): Promise<string[]> {
  const texts = new Set<string>(ENGINE_NOTES);
  const add = (...items: readonly string[]) => {
    for (const item of items) if (/\p{L}/u.test(item)) texts.add(item);
  };
  const addOptions = (schema: OptionsSchema) => {
    for (const option of describeOptions(schema)) {
      add(option.title, option.help);
      // Most units are symbols; those that are words are translated.
      if (option.unit && /^(steps|units|periods|traces|epochs|states|tiles|per step)$/.test(option.unit))
        add(option.unit);
      if (option.zero) add(option.zero);
      if (option.kind === "choice") add(...option.choices);
    }
  };
  for (const environment of environments) {
    const { spec } = environment;
    // Of a world of many sizes, numbers may be any: `translated` fills them in.
    const numbered = (text: string) => ("variants" in environment ? text.replace(/\d+/g, "#") : text);
    add(spec.title, spec.summary);
    for (const { name } of spec.observation) add(numbered(name));
    for (const { name, help } of spec.rewardTerms) add(name, help);
    if (spec.action.kind === "discrete") add(...spec.action.names.map(numbered));
    else for (const { name } of spec.action.features) add(name);
    addOptions(spec.options);
    add(...(await loadDrawing(spec.id)).texts.map(numbered));
  }
  for (const agent of agents) {
    add(agent.summary);
    for (const { title, help } of agent.diagnostics) add(title, help);
    addOptions(agent.options);
    for (const environment of environments) {
      const { spec } = environment;
      add(agent.unsupported(spec) ?? "");
      // With every option that may stand in the way switched on.
      for (const prioritised of [false, true]) add(residentRefusal(agent, spec, { prioritised }) ?? "");
      // Some networks of a world may run on the CPU alone.
      if ("variants" in environment) add(residentRefusal(agent, { ...spec, runsOn: ["cpu"] }, {}) ?? "");
    }
  }
  addOptions(trainingOptions);
  add(...NETWORK_SENTENCES);
  // Edges of a graph network that are no roads: `store 1 → customers`, `warehouse: kept`.
  add("customers", "kept");
  for (const { name } of commandFeatures({ desiredReturn: 1, desiredHorizon: 1 })) add(name);
  return [...texts];
}
