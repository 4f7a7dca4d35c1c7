import tgpu, { d } from "typegpu";
import { actionValue, dqnLoss } from "../../src/agents/dqn-loss.js";
import { categoricalPpoLoss, gaussianPpoLoss } from "../../src/agents/ppo-loss.js";
import { type OptionValues, parseOptions } from "../../src/core/options.js";
import { actionSize } from "../../src/core/spaces.js";
import type { Dynamics } from "../../src/envs/dynamics.js";
import type { ParamsStruct, SingleSourceEnvironment, VariedEnvironment } from "../../src/envs/environment.js";
import { environments } from "../../src/envs/index.js";
import { paramNames, paramsStructOf } from "../../src/envs/params.js";
import { arrayPlaceholder, isArray, ROWS, rowPlaceholder, type Tables } from "../../src/envs/table-layout.js";
import { variantOf } from "../../src/envs/variant-of.js";

/**
 * Array sizes that stand in the losses' WGSL for those of a network, which are known only when it runs. Each is the
 * size of nothing else, so that `src/agents/resident/loss-code.ts` finds them in the text.
 */
const PLACEHOLDERS = { outputs: 61, sample: 62, free: 63 } as const;

const row = (length: number) => d.arrayOf(d.f32, Math.max(1, length));
const kernel = tgpu.computeFn({ in: { id: d.builtin.globalInvocationId }, workgroupSize: [1] });

/**
 * The functions that an entry point calls, without the entry point; `names` renames them in the order of their calls.
 * TypeGPU numbers a name that WGSL has already taken, such as `step`.
 */
function functionsOf(code: string, names: readonly string[]): string {
  const start = code.indexOf("@compute");
  const calls = [...code.slice(start).matchAll(/\b(\w+)\(\(&/g)].map(([, name]) => name);
  if (calls.length !== names.length) throw new Error(`expected ${names.length} calls, found ${calls.join(", ")}`);
  return names.reduce(
    (text, name, i) => text.replace(new RegExp(`\\b${calls[i]}\\(`, "g"), `${name}(`),
    code.slice(0, start).trim(),
  );
}

/** Sizes of the rows that a world's functions take. */
interface Sizes {
  readonly state: number;
  readonly action: number;
  readonly observation: number;
  readonly noise: number;
}

/** A world as WGSL: `struct WorldParams`, `world_reset`, `world_step` and `world_observe`. */
function worldCode(dynamics: Dynamics<ParamsStruct>, numTerms: number, sizes: Sizes, Params: d.WgslStruct): string {
  const { reset, step, observe } = dynamics;
  const State = row(sizes.state);
  const Action = row(sizes.action);
  const Observation = row(sizes.observation);
  const Noise = row(sizes.noise);
  const Outcome = row(1 + numTerms);
  const entry = kernel(() => {
    "use gpu";
    const state = d.ref(State());
    const action = d.ref(Action());
    const noise = d.ref(Noise());
    const outcome = d.ref(Outcome());
    const observation = d.ref(Observation());
    // By reference: a copy for every call would cost a world of many numbers dear.
    const params = d.ref(Params()) as unknown as ParamsStruct;
    reset(state, noise, params);
    step(state, action, noise, params, outcome);
    observe(state, observation, params);
  });
  return functionsOf(tgpu.resolve([entry]), ["world_reset", "world_step", "world_observe"]);
}

/** A world whose dynamics read its parameters by name. */
function namedWorld({ spec, dynamics }: SingleSourceEnvironment): string {
  const Params = d.struct(Object.fromEntries(paramNames(spec).map((name) => [name, d.f32]))).$name("WorldParams");
  const sizes = {
    state: spec.state.length,
    action: actionSize(spec.action),
    observation: spec.observation.length,
    noise: Math.max(spec.noiseSize.reset, spec.noiseSize.step),
  };
  return worldCode(dynamics as Dynamics<ParamsStruct>, spec.rewardTerms.length, sizes, Params);
}

/** A world whose sizes follow from its options: they stand as placeholders, see `src/envs/table-layout.ts`. */
async function variedWorld(environment: VariedEnvironment): Promise<string> {
  await environment.variants.load();
  const { spec, dynamics } = variantOf(environment, {});
  const { prepare } = (dynamics ?? {}) as Dynamics<unknown>;
  if (!prepare) throw new Error(`expected ${spec.id} to prepare what its dynamics read`);
  const params = paramsStructOf(spec, parseOptions(spec.options, {}, "env") as OptionValues);
  let numArrays = 0;
  const structOf = (tables: Tables): d.WgslStruct =>
    d.struct(
      Object.fromEntries(
        Object.entries(tables).map(([name, value]) => {
          if (typeof value === "number") return [name, d.f32];
          return [name, isArray(value) ? row(arrayPlaceholder(numArrays++)) : structOf(value)];
        }),
      ),
    );
  const Params = structOf(prepare(params) as Tables).$name("WorldParams");
  const sizes = Object.fromEntries(ROWS.map((name) => [name, rowPlaceholder(name)])) as unknown as Sizes;
  return worldCode(dynamics as Dynamics<ParamsStruct>, spec.rewardTerms.length, sizes, Params);
}

const Outputs = row(PLACEHOLDERS.outputs);
const Sample = row(PLACEHOLDERS.sample);
const Free = row(PLACEHOLDERS.free);
const Statistics = row(8);

/** The heads of PPO's loss: `categorical_loss`, `gaussian_loss`, and `struct PpoSettings`. */
function ppoLossCode(): string {
  const Settings = d
    .struct({
      numActions: d.f32,
      clip: d.f32,
      valueCoefficient: d.f32,
      entropyCoefficient: d.f32,
      valueClipping: d.f32,
      valueClip: d.f32,
    })
    .$name("PpoSettings");
  const entry = kernel(() => {
    "use gpu";
    const outputs = d.ref(Outputs());
    const gradients = d.ref(Outputs());
    const sample = d.ref(Sample());
    const statistics = d.ref(Statistics());
    const logStd = d.ref(Free());
    const logStdGradients = d.ref(Free());
    const settings = Settings();
    categoricalPpoLoss(outputs, sample, settings, gradients, statistics);
    gaussianPpoLoss(outputs, logStd, sample, settings, gradients, logStdGradients, statistics);
  });
  return functionsOf(tgpu.resolve([entry]), ["categorical_loss", "gaussian_loss"]);
}

/** DQN's loss: `action_value`, `dqn_loss`, and `struct DqnSettings`. */
function dqnLossCode(): string {
  const Settings = d.struct({ numActions: d.f32, dueling: d.f32, huber: d.f32 }).$name("DqnSettings");
  const entry = kernel(() => {
    "use gpu";
    const outputs = d.ref(Outputs());
    const gradients = d.ref(Outputs());
    const sample = d.ref(Sample());
    const statistics = d.ref(Statistics());
    const settings = Settings();
    actionValue(outputs, d.f32(1), settings);
    dqnLoss(outputs, sample, settings, gradients, statistics);
  });
  return functionsOf(tgpu.resolve([entry]), ["action_value", "dqn_loss"]);
}

/** Every text the page's kernels are made of, by the module that holds it. */
export async function generateShaders() {
  const worlds: Record<string, string> = {};
  for (const environment of environments.filter(({ spec }) => spec.runsOn.includes("gpu"))) {
    const { id } = environment.spec;
    if ("variants" in environment) worlds[id] = await variedWorld(environment);
    else if (environment.dynamics) worlds[id] = namedWorld(environment);
    else throw new Error(`expected ${id} to have single-source dynamics, since it runs on a GPU`);
  }
  return { worlds, losses: { placeholders: PLACEHOLDERS, ppo: ppoLossCode(), dqn: dqnLossCode() } };
}
