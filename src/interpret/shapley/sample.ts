import { COMMAND_SIZE, type Commanded, followCommand, writeCommand } from "../../core/command.js";
import type { OptionValues } from "../../core/options.js";
import type { Environment } from "../../envs/environment.js";
import { createVectorEnvironment, loadEnvironment } from "../../envs/index.js";
import { type Pace, paced } from "../pace.js";
import { joinCommands } from "../play.js";
import type { Teacher } from "../teacher.js";
import type { StateSample } from "./conditional.js";

/** Copies that play side by side to gather the states. */
const NUM_COPIES = 20;

/** Raw features to the coordinates of an explanation: (x − mean) / scale. */
export interface Coordinates {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** The states a teacher visits, rounded and counted, most frequent first. */
export interface VisitedSample extends StateSample {
  readonly coordinates: Coordinates;
  /** [numStates] the teacher's action in each state as rounded. */
  readonly actions: Int32Array;
  /** Steps that were played. */
  readonly numSteps: number;
}

/** What decides a sample. */
export interface SampleRequest {
  readonly environment: Environment;
  readonly options: OptionValues;
  /** What the policy says of commands, whose rest is then a part of its states; null or absent where it takes none. */
  readonly commanded?: Commanded | null;
  readonly seed: number;
  readonly pace: Pace;
  readonly numSteps: number;
  readonly decimals: number;
  /** `trained`: as the network takes them in; `raw`; `standardised` by what it visits. */
  readonly coordinates: "trained" | "raw" | "standardised";
}

/**
 * Plays the deterministic teacher and counts the states it visits, rounded to a few decimals.
 *
 * The value of a state is the probability of each action there; a teacher of values shares it among the actions whose
 * value, rounded to two decimals, is the highest. Source: Li, Siddique & Cao 2025, arXiv:2501.09858, and their code
 * (which forces one reset after 20 steps in all; that is left out here).
 */
export async function sampleStates(teacher: Teacher, request: SampleRequest): Promise<VisitedSample> {
  const { numFeatures, numActions } = teacher;
  const raw = await visit(teacher, request);
  const coordinates = await coordinatesOf(teacher, raw, request.coordinates);
  const { states, frequencies } = countRounded(raw, numFeatures, coordinates, request.decimals);
  const { actions, values } = await answersAt(teacher, states, coordinates);
  return {
    numFeatures,
    states,
    frequencies,
    numOutputs: numActions,
    values,
    actions,
    coordinates,
    numSteps: raw.length / numFeatures,
  };
}

/** [numSteps, numFeatures] raw observations, one copy's step after another's. */
async function visit(teacher: Teacher, request: SampleRequest): Promise<Float32Array> {
  const { environment, options, commanded = null, seed, pace, numSteps } = request;
  const numEnvs = Math.min(NUM_COPIES, numSteps);
  await loadEnvironment(environment);
  const env = createVectorEnvironment(environment, { numEnvs, seed, streamName: "explain/sample", options });
  const rounds = Math.ceil(numSteps / numEnvs);
  const size = numEnvs * teacher.numFeatures;
  const rows = new Float32Array(rounds * size);
  const actions = new Float32Array(numEnvs);
  const commands = new Float32Array(numEnvs * COMMAND_SIZE);
  if (commanded) for (let copy = 0; copy < numEnvs; copy++) writeCommand(commanded.command, commands, copy);
  const actor = paced(teacher.policy, pace);
  for (let round = 0; round < rounds; round++) {
    const now = rows.subarray(round * size, (round + 1) * size);
    if (commanded) joinCommands(env.observations, commands, now);
    else now.set(env.observations);
    await actor.act(now, null, actions, null);
    env.step(actions);
    if (!commanded) continue;
    for (let copy = 0; copy < numEnvs; copy++) {
      const over = env.terminated[copy] || env.truncated[copy];
      if (over) writeCommand(commanded.command, commands, copy);
      else followCommand(commands, copy, env.rewards[copy]);
    }
  }
  return rows;
}

async function coordinatesOf(
  teacher: Teacher,
  raw: Float32Array,
  kind: SampleRequest["coordinates"],
): Promise<Coordinates> {
  const { numFeatures } = teacher;
  const none = { mean: new Float64Array(numFeatures), scale: new Float64Array(numFeatures).fill(1) };
  if (kind === "raw") return none;
  if (kind === "trained") {
    const { normaliser } = (await teacher.policy.serialise()) as unknown as { normaliser?: NormaliserState | null };
    if (!normaliser) return none;
    const scale = Float64Array.from(normaliser.variance, (variance) => Math.sqrt(variance + 1e-8));
    return { mean: Float64Array.from(normaliser.mean), scale };
  }
  return spreadOf(raw, numFeatures);
}

interface NormaliserState {
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
}

/** Mean and standard deviation of every column; a constant one has scale 1. */
export function spreadOf(rows: ArrayLike<number>, numFeatures: number): Coordinates {
  const numRows = rows.length / numFeatures;
  const mean = new Float64Array(numFeatures);
  const scale = new Float64Array(numFeatures);
  for (let i = 0; i < rows.length; i++) mean[i % numFeatures] += rows[i] / numRows;
  for (let i = 0; i < rows.length; i++) scale[i % numFeatures] += (rows[i] - mean[i % numFeatures]) ** 2 / numRows;
  return { mean, scale: scale.map((variance) => Math.sqrt(variance) || 1) };
}

/** Distinct rounded rows and how often each occurs, most frequent first, equals in the order they came. */
function countRounded(
  raw: Float32Array,
  numFeatures: number,
  { mean, scale }: Coordinates,
  decimals: number,
): { states: Float64Array; frequencies: Float64Array } {
  const factor = 10 ** decimals;
  const seen = new Map<string, { row: number[]; count: number }>();
  for (let from = 0; from < raw.length; from += numFeatures) {
    // Adding 0 turns −0 into 0: one state, not two.
    const row = Array.from(mean, (m, i) => Math.round(((raw[from + i] - m) / scale[i]) * factor) / factor + 0);
    const key = row.join();
    const known = seen.get(key);
    if (known) known.count++;
    else seen.set(key, { row, count: 1 });
  }
  const sorted = [...seen.values()].sort((a, b) => b.count - a.count);
  return {
    states: Float64Array.from(sorted.flatMap(({ row }) => row)),
    frequencies: Float64Array.from(sorted, ({ count }) => (count * numFeatures) / raw.length),
  };
}

async function answersAt(
  teacher: Teacher,
  states: Float64Array,
  { mean, scale }: Coordinates,
): Promise<{ actions: Int32Array; values: Float64Array }> {
  const { numFeatures, numActions } = teacher;
  const rows = Float32Array.from(states, (z, i) => z * scale[i % numFeatures] + mean[i % numFeatures]);
  const { actions, worth, scores, probabilities } = await teacher.ask(rows);
  const values = Float64Array.from(probabilities);
  if (worth && scores === "values") shareTies(worth, values, numActions);
  return { actions, values };
}

/** Shares the probability among the actions whose value, rounded to two decimals, is the highest. */
function shareTies(worth: Float32Array, values: Float64Array, numActions: number): void {
  for (let from = 0; from < values.length; from += numActions) {
    const rounded = Array.from(worth.subarray(from, from + numActions), (value) => Math.round(value * 100));
    const highest = Math.max(...rounded);
    const ties = rounded.filter((value) => value === highest).length;
    for (let i = 0; i < numActions; i++) values[from + i] = rounded[i] === highest ? 1 / ties : 0;
  }
}
