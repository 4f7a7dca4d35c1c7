import { fillModelRow, shapeOf, type TreeModel } from "../../compute/trees/model.js";
import { modelToData, parseModel } from "../../compute/trees/model-data.js";
import { largestOf } from "../../compute/trees/tree.js";
import { InputError, showValue } from "../../core/errors.js";
import type { Packable } from "../../core/pack.js";
import type { RandomStream } from "../../core/random.js";
import type { Policy, SerialisedPolicy } from "./policy.js";

/** Who reads and answers: names in the order of the inputs and outputs. */
export interface TreePolicyNames {
  readonly observationNames: readonly string[];
  /** Of the discrete actions, or of the entries of a continuous one. */
  readonly actionNames: readonly string[];
}

/**
 * A tree, a forest or boosted trees that act: kind `tree` for one tree, else `forest`.
 *
 * A classifier's classes are the discrete actions; a regressor's outputs are the entries of a continuous action.
 * Where the trees were fitted on commands too (upside-down learning), these are the inputs after the observation,
 * each times its scale.
 */
export class TreePolicy implements Policy {
  /** With a stream: the share of steps on which a discrete action is drawn uniformly. 0: none. */
  epsilon = 0;
  private readonly observationSize: number;
  private readonly row: Float32Array;
  private readonly values: Float64Array;

  /** Throws `RangeError` when the model's inputs or outputs do not fit the names. */
  constructor(
    readonly model: TreeModel,
    readonly names: TreePolicyNames,
    /** Factors of the desired return and the desired horizon; null when the trees know no command. */
    readonly commandScales: readonly [number, number] | null = null,
  ) {
    const { numFeatures, numOutputs } = shapeOf(model);
    this.observationSize = names.observationNames.length;
    const expected = this.observationSize + (commandScales ? 2 : 0);
    if (numFeatures !== expected) throw new RangeError(`expected a model of ${expected} inputs, got ${numFeatures}`);
    if (numOutputs !== names.actionNames.length) {
      throw new RangeError(`expected a model of ${names.actionNames.length} outputs, got ${numOutputs}`);
    }
    this.row = new Float32Array(numFeatures);
    this.values = new Float64Array(numOutputs);
  }

  act(
    observations: Float32Array,
    commands: Float32Array | null,
    actions: Float32Array,
    stream: RandomStream | null,
  ): void {
    const numRows = observations.length / this.observationSize;
    const { task, numOutputs } = shapeOf(this.model);
    for (let i = 0; i < numRows; i++) {
      if (task === "classification") {
        const explore = stream !== null && this.epsilon > 0 && stream.uniform(i) < this.epsilon;
        actions[i] = explore ? stream.integer(numOutputs, i) : this.bestAction(observations, commands, i);
        continue;
      }
      this.fillValues(observations, commands, i);
      for (let k = 0; k < numOutputs; k++) actions[i * numOutputs + k] = this.values[k];
    }
  }

  /** Fills `scores` [n, numActions] with the probabilities of a classifier; trees that know commands need `commands`. */
  actionScores(observations: Float32Array, scores: Float32Array, commands: Float32Array | null = null): void {
    if ((this.commandScales && !commands) || shapeOf(this.model).task !== "classification") return;
    const numRows = observations.length / this.observationSize;
    for (let i = 0; i < numRows; i++) {
      this.fillValues(observations, commands, i);
      scores.set(this.values, i * this.values.length);
    }
  }

  serialise(): SerialisedPolicy {
    const data = modelToData(this.model) as unknown as { readonly [key: string]: Packable };
    return {
      ...data,
      kind: this.model.kind === "tree" ? "tree" : "forest",
      observationNames: this.names.observationNames,
      actionNames: this.names.actionNames,
      commandScales: this.commandScales,
    };
  }

  private bestAction(observations: Float32Array, commands: Float32Array | null, i: number): number {
    this.fillValues(observations, commands, i);
    return largestOf(this.values, 0, this.values.length);
  }

  private fillValues(observations: Float32Array, commands: Float32Array | null, i: number): void {
    const { observationSize, commandScales, row } = this;
    if (!commandScales) {
      fillModelRow(this.model, observations, i * observationSize, this.values);
      return;
    }
    if (!commands) throw new RangeError("expected commands for a policy that follows them, got null");
    for (let k = 0; k < observationSize; k++) row[k] = observations[i * observationSize + k];
    row[observationSize] = commands[2 * i] * commandScales[0];
    row[observationSize + 1] = commands[2 * i + 1] * commandScales[1];
    fillModelRow(this.model, row, 0, this.values);
  }
}

/** Reads what {@link TreePolicy.serialise} gave, or JSON of it. Throws `InputError` with one sentence. */
export function parseTreePolicy(value: unknown, source = "policy"): TreePolicy {
  const model = parseModel(value, source);
  const record = value as Record<string, unknown>;
  const { numFeatures, numOutputs } = shapeOf(model);
  const scales = record["commandScales"] ?? null;
  const isPair = Array.isArray(scales) && scales.length === 2 && scales.every((scale) => Number.isFinite(scale));
  if (scales !== null && !isPair) {
    throw new InputError(`${source} commandScales`, showValue(scales), "null or two numbers");
  }
  const names = {
    observationNames: namesOf(record, "observationNames", numFeatures - (isPair ? 2 : 0), source),
    actionNames: namesOf(record, "actionNames", numOutputs, source),
  };
  return new TreePolicy(model, names, scales as [number, number] | null);
}

function namesOf(record: Record<string, unknown>, field: string, length: number, source: string): string[] {
  const given = record[field];
  if (Array.isArray(given) && given.length === length && given.every((name) => typeof name === "string")) return given;
  throw new InputError(`${source} ${field}`, showValue(given), `a list of ${length} names`);
}
