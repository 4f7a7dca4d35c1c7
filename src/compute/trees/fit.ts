import { InputError, showValue } from "../../core/errors.js";
import { type OptionsSchema, type OptionValues, parseOptions } from "../../core/options.js";
import { fitBoosting } from "./boosting.js";
import { fitTree } from "./cart.js";
import type { TrainingData } from "./data.js";
import { fitForest } from "./forest.js";
import type { TreeModel } from "./model.js";
import {
  BOOSTING_OPTIONS,
  type BoostingOptions,
  FOREST_OPTIONS,
  type ForestOptions,
  TREE_OPTIONS,
  type TreeOptions,
} from "./options.js";

/** What can be fitted, by the name that a person gives. */
export const TREE_MODELS = ["tree", "random-forest", "extra-trees", "boosting"] as const;
export type TreeModelName = (typeof TREE_MODELS)[number];

/** The name of a model. Throws `InputError` that lists them; `field` names where it was given. */
export function treeModelName(text: string, field = "model"): TreeModelName {
  const found = TREE_MODELS.find((name) => name === text);
  if (!found) throw new InputError(field, showValue(text), `one of ${TREE_MODELS.join(", ")}`);
  return found;
}

/** The options that a model takes. */
export function treeModelOptions(name: TreeModelName): OptionsSchema {
  return name === "tree" ? TREE_OPTIONS : name === "boosting" ? BOOSTING_OPTIONS : FOREST_OPTIONS;
}

/** Fits a model by name. Throws `InputError` for data or options that cannot be used. */
export function fitTreeModel(name: TreeModelName, data: TrainingData, options: OptionValues = {}, seed = 0): TreeModel {
  const settings = parseOptions(treeModelOptions(name), options, "model");
  switch (name) {
    case "tree":
      return { kind: "tree", tree: fitTree(data, settings as TreeOptions, seed) };
    case "random-forest":
    case "extra-trees":
      return { kind: "forest", forest: fitForest(name, data, settings as ForestOptions, seed) };
    case "boosting":
      return { kind: "boosting", boosting: fitBoosting(data, settings as BoostingOptions) };
    default:
      return name satisfies never;
  }
}
