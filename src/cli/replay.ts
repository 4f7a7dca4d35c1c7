import {
  type ActionSpace,
  type Dynamics,
  type EnvironmentSpec,
  InputError,
  loadWorld,
  type ParamsStruct,
  type PlayableEnvironment,
  paramsStructOf,
  parseOptions,
  RandomStream,
  showValue,
} from "../index.js";
import { type Arguments, textOf } from "./arguments.js";
import type { Command } from "./command.js";
import { ENV_FLAG, SET_FLAG, seedOf, settingsOf } from "./flags.js";

/** What one action led to. Numbers are printed so that they read back exactly. */
export interface ReplayedStep {
  /** [stateSize], float64, after the action. */
  readonly state: readonly number[];
  /** [observationSize], float32 as a policy sees it, after the action. */
  readonly observation: readonly number[];
  readonly reward: number;
  /** Reward terms by name; the reward is their sum. */
  readonly terms: Readonly<Record<string, number>>;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** Plays given actions from a given state. */
export const replay: Command = {
  name: "replay",
  usage: {
    summary: "play given actions from a given state, one line a step",
    positionals: [],
    flags: [
      ENV_FLAG,
      {
        name: "state",
        value: { label: "JSON", allowed: "the world's state as a JSON list of numbers" },
        help: "the state to start from, as list WORLD names its entries",
      },
      {
        name: "actions",
        value: { label: "JSON", allowed: "a JSON list with one action per step" },
        help: "one entry per step: a number, or a list for several dimensions",
      },
      {
        name: "seed",
        value: { label: "N", allowed: "a whole number from 0 to 4294967295" },
        help: "for worlds whose steps are random (default: 0)",
      },
      SET_FLAG,
    ],
    examples: ["--env cartpole --state '[0,0,0.05,0]' --actions '[0,1,1]' --json"],
  },
  async run(args, output) {
    const env = textOf(args, "env") ?? "cartpole";
    const settings = settingsOf(args, env, null);
    const environment = await loadWorld(env, settings.env);
    const { spec } = environment;
    const state = readState(args, spec);
    const actions = readActions(args, spec);
    const steps = replaySteps(environment, { state, actions, seed: seedOf(args) ?? 0, options: settings.env });
    for (const [i, step] of steps.entries()) {
      output.line(step);
      const ending = step.terminated ? "  terminated" : step.truncated ? "  truncated" : "";
      output.text(`${i + 1}  state ${step.state.join(" ")}  reward ${step.reward}${ending}`);
    }
    if (steps.length < actions.length) {
      const left = actions.length - steps.length;
      output.note(
        `The episode ended after ${steps.length} of ${actions.length} actions; the other ${left} were not played.`,
      );
    }
    return 0;
  },
};

/** What {@link replaySteps} plays. */
export interface ReplayRequest {
  /** [stateSize] */
  readonly state: readonly number[];
  /** One action [actionSize] per step. */
  readonly actions: readonly (readonly number[])[];
  readonly seed: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Plays actions one by one from step 0 of an episode that begins in `state`, until they or the episode end.
 *
 * It calls the dynamics themselves: a vector environment would have reset in the last step, and the state in which
 * the episode ended would be gone. A simulated world has to be loaded, and begins anew from what its state holds.
 */
export function replaySteps(environment: PlayableEnvironment, request: ReplayRequest): ReplayedStep[] {
  const { spec } = environment;
  const options = parseOptions(spec.options, request.options, "env");
  const numbers = paramsStructOf(spec, options);
  const stream = new RandomStream(request.seed, "replay");
  const state = Float64Array.from(request.state);
  const dynamics = moverOf(environment, state, numbers);
  const params = dynamics.prepare?.(numbers) ?? numbers;
  const noise = new Float64Array(spec.noiseSize.step);
  const outcome = new Float64Array(1 + spec.rewardTerms.length);
  const observation = new Float32Array(spec.observation.length);
  const steps: ReplayedStep[] = [];
  for (const action of request.actions) {
    stream.fillUniforms(noise);
    // Actions are float32 wherever they come in batches.
    dynamics.step({ $: state }, { $: Float32Array.from(action) }, { $: noise }, params, { $: outcome });
    dynamics.observe({ $: state }, { $: observation }, params);
    const terms = spec.rewardTerms.map(({ name }, i) => [name, outcome[1 + i]] as const);
    const terminated = outcome[0] > 0;
    const truncated = !terminated && steps.length + 1 >= Number(options["horizon"]);
    steps.push({
      state: [...state],
      observation: [...observation],
      reward: terms.reduce((sum, [, value]) => sum + value, 0),
      terms: Object.fromEntries(terms),
      terminated,
      truncated,
    });
    if (terminated || truncated) break;
  }
  return steps;
}

/** What moves the world, standing in `state`. */
function moverOf(environment: PlayableEnvironment, state: Float64Array, params: ParamsStruct): Dynamics<ParamsStruct> {
  if (environment.dynamics) return environment.dynamics as Dynamics<ParamsStruct>;
  const simulation = environment.simulation.create();
  simulation.adopt({ $: state }, params);
  return simulation;
}

function readState(args: Arguments, spec: EnvironmentSpec): number[] {
  const names = spec.state.join(", ");
  const allowed = `a list of ${spec.state.length} finite numbers (${names})`;
  const value = readJson(args, "state", allowed);
  if (!Array.isArray(value)) throw new InputError("--state", showValue(value), allowed);
  if (value.length !== spec.state.length) throw new InputError("--state", `a list of ${value.length}`, allowed);
  const wrong = value.findIndex((entry) => typeof entry !== "number" || !Number.isFinite(entry));
  if (wrong >= 0) {
    throw new InputError(`--state[${wrong}] (${spec.state[wrong]})`, showValue(value[wrong]), "a finite number");
  }
  return value;
}

function readActions(args: Arguments, spec: EnvironmentSpec): number[][] {
  const allowed = "a list with one action per step";
  const value = readJson(args, "actions", allowed);
  if (!Array.isArray(value)) throw new InputError("--actions", showValue(value), allowed);
  return value.map((action, step) => readAction(action, `--actions[${step}]`, spec.action));
}

function readAction(action: unknown, field: string, space: ActionSpace): number[] {
  const entries: unknown[] = Array.isArray(action) ? action : [action];
  if (space.kind === "discrete") {
    const last = space.names.length - 1;
    const allowed = `a whole number from 0 to ${last} (${space.names.join(", ")})`;
    const [index] = entries;
    if (entries.length !== 1 || typeof index !== "number" || !Number.isInteger(index) || index < 0 || index > last) {
      throw new InputError(field, showValue(action), allowed);
    }
    return [index];
  }
  const names = space.features.map((feature) => feature.name);
  if (
    entries.length !== names.length ||
    !entries.every((entry) => typeof entry === "number" && Number.isFinite(entry))
  ) {
    const allowed = names.length === 1 ? "a finite number" : `a list of ${names.length} finite numbers`;
    throw new InputError(field, showValue(action), `${allowed} (${names.join(", ")})`);
  }
  return entries as number[];
}

function readJson(args: Arguments, name: string, allowed: string): unknown {
  const text = textOf(args, name);
  if (text === undefined) throw new InputError(`--${name}`, "nothing", allowed);
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`--${name}`, text, allowed);
  }
}
