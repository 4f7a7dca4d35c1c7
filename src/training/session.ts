import type { Agent, AgentDefinition, Iteration } from "../agents/agent.js";
import { findAgent, residentRefusal } from "../agents/index.js";
import type { Policy } from "../agents/policies/policy.js";
import { type RestoredPolicy, restorePolicy } from "../agents/policies/restore.js";
import { CPU_ENGINES, type EngineFactory, type EngineId, type EngineReport, isGpuEngine } from "../compute/engine.js";
import { adapterReport } from "../compute/gpu/adapter.js";
import { openDevice } from "../compute/gpu/device.js";
import { type CalibrationSettings, calibrate, loadEngine } from "../compute/index.js";
import { layoutOf } from "../compute/network.js";
import { sweepCommands } from "../core/command.js";
import { InputError, showValue, TrainingError } from "../core/errors.js";
import { type Packable, pack, unpack } from "../core/pack.js";
import type { Environment } from "../envs/environment.js";
import { createVectorEnvironment, loadWorld } from "../envs/index.js";
import { type CommandFollowing, commandFollowing } from "../evaluate/command-following.js";
import { evaluatePolicy } from "../evaluate/evaluate.js";
import { type Figures, finalFigures } from "../evaluate/figures.js";
import { mean, populationDeviation } from "../evaluate/statistics.js";
import { breathing } from "./breathing.js";
import type { Break, Evaluation, Progress, SessionConfig } from "./config.js";
import { Curve } from "./curve.js";
import type { Segment } from "./messages.js";
import { withResident } from "./time-resident.js";

/** Version of what a checkpoint holds; another version is refused. */
export const CHECKPOINT_VERSION = 1;

/** A checkpoint, and those segments of the replay buffer that are new since the last one. */
export interface Checkpoint {
  readonly step: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly segments: readonly Segment[];
}

/** What one call of {@link Session.advance} did. */
export interface Advance {
  readonly progress: Progress;
  readonly evaluation: Evaluation | null;
  /** Why the run is over, or null. */
  readonly finished: "budget" | "solved" | null;
}

/** What the owner of a training knows beyond its config and checkpoint. */
export interface SessionSurroundings {
  /** Where the run broke off so far; null leaves what the checkpoint says. */
  readonly breaks?: readonly Break[] | null;
  /** Never the graphics device: it was lost before. */
  readonly withoutGpu?: boolean;
  /** Calibrations of earlier sessions on this device. */
  readonly remembered?: readonly EngineReport[] | undefined;
  /** Called in the middle of long updates; may answer with a promise to wait for. */
  readonly breathe?: () => Promise<void> | undefined;
}

/** Training episodes over which the curves' mean is taken. */
const RECENT_EPISODES = 100;

/**
 * One training in progress: environment × agent × seed.
 *
 * The same class runs in the page's Worker and on the command line. It is a pure function of its config, its
 * checkpoint and its calls: no clock or generator of the platform reaches the learning.
 */
export class Session {
  /** Environment steps trained so far. */
  step = 0;
  /** Seconds of training so far; evaluations, checkpoints and pauses excluded. */
  seconds = 0;
  private update = 0;
  private numEpisodes = 0;
  private nextEvaluation: number;
  private savedEntries = 0;
  private liveSegments: { name: string; from: number; to: number }[] = [];
  private readonly recent: { episodeReturn: number; length: number }[] = [];
  private readonly evaluationLog: Evaluation[] = [];
  private breakLog: readonly Break[] = [];
  private readonly curve = new Curve();
  private budgetSteps: number;
  private solved = false;

  private constructor(
    readonly config: SessionConfig,
    readonly engine: EngineReport,
    /** A sentence when the run goes on but no longer bit for bit; else null. */
    readonly notice: string | null,
    readonly parameterCount: number,
    readonly environment: Environment,
    readonly definition: AgentDefinition,
    private readonly agent: Agent,
    private readonly createEngine: EngineFactory,
  ) {
    this.budgetSteps = config.budget;
    this.nextEvaluation = config.evaluation.every;
  }

  /**
   * Starts a session, or goes on from a checkpoint of the same environment and agent.
   *
   * Throws `InputError` for a checkpoint that is broken, of another version or of another run's config.
   */
  static async create(
    config: SessionConfig,
    checkpoint?: { readonly bytes: Uint8Array; readonly segments: readonly Segment[] } | null,
    { breaks = null, withoutGpu = false, remembered, breathe }: SessionSurroundings = {},
  ): Promise<Session> {
    const environment = await loadWorld(config.env, config.envOptions);
    const definition = findAgent(config.agent);
    const unsupported = definition.unsupported(environment.spec);
    if (unsupported) throw new InputError("agent", config.agent, `an agent for these options (${unsupported})`);
    const saved = checkpoint ? readCheckpoint(checkpoint.bytes) : null;
    if (saved) checkSameRun(saved, config);

    const chosen = await chooseEngine({
      asked: config.engine,
      resumed: saved?.engine ?? null,
      withoutGpu,
      isRecovery: breaks !== null && breaks.length > 0,
      compareAsked: remembered !== undefined,
      calibrateNow: (candidates = withoutGpu ? CPU_ENGINES : undefined) =>
        timeEngines(config, { candidates, remembered }),
    });
    const { factory, notice } = chosen;
    const worldsOnCpu =
      chosen.report.chosen === "wgsl" ? residentRefusal(definition, environment.spec, config.agentOptions) : null;
    const report = worldsOnCpu === null ? chosen.report : { ...chosen.report, worldsOnCpu };
    const env = createVectorEnvironment(environment, {
      numEnvs: definition.numEnvs(config.agentOptions),
      seed: config.seed,
      options: config.envOptions,
    });
    const createEngine = breathe ? breathing(factory, breathe) : factory;
    const context = {
      env,
      envOptions: config.envOptions,
      createEngine,
      seed: config.seed,
      options: config.agentOptions,
      breathe,
    };
    const graphics = report.chosen === "wgsl" && worldsOnCpu === null ? await openDevice() : null;
    const agent =
      graphics && definition.resident
        ? await definition.resident.create(context, graphics)
        : await definition.create(context);
    const network = definition.network(environment.spec, config.agentOptions);
    const parameterCount = agent.parameterCount ?? (network ? layoutOf(network.spec).parameterCount : 0);
    const session = new Session(config, report, notice, parameterCount, environment, definition, agent, factory);
    if (saved) session.restore(saved, checkpoint?.segments ?? []);
    if (breaks) session.breakLog = breaks;
    return session;
  }

  /** The policy as it stands. */
  get policy(): Policy {
    return this.agent.policy;
  }

  /** A copy of the policy that training does not touch. Throws `InputError` for a kind that cannot be copied. */
  async copyPolicy(): Promise<RestoredPolicy> {
    const copy = await this.agent.copyPolicy?.();
    return copy ?? restorePolicy(await this.policy.serialise(), this.environment.spec, this.createEngine);
  }

  get evaluations(): readonly Evaluation[] {
    return this.evaluationLog;
  }

  /** Where the run broke off and went on from a checkpoint. */
  get breaks(): readonly Break[] {
    return this.breakLog;
  }

  /** The curve so far, thinned evenly. */
  get points(): readonly Progress[] {
    return this.curve.points;
  }

  /** Environment steps after which the run ends, at the next update boundary. */
  get budget(): number {
    return this.budgetSteps;
  }

  /** Raises (or lowers) the budget; nothing that is learned depends on it. */
  set budget(steps: number) {
    this.budgetSteps = steps;
    this.solved = false;
  }

  /** Environment steps after which the agent ends by itself at the latest; null where it does not know. */
  get plannedSteps(): number | null {
    return this.agent.plannedSteps ?? null;
  }

  /** Why the run is over, or null. */
  get finished(): "budget" | "solved" | null {
    if (this.solved) return "solved";
    return this.step >= this.budgetSteps || this.agent.done ? "budget" : null;
  }

  /** One update of the agent and, when one is due, an evaluation. */
  async advance(): Promise<Advance> {
    const start = performance.now();
    const iteration = await this.agent.iterate();
    this.seconds += (performance.now() - start) / 1000;
    this.step += iteration.steps;
    this.update++;
    this.keepEpisodes(iteration);
    if (iteration.diagnostics) await this.refuseNonFinite(iteration.diagnostics);

    const progress: Progress = {
      step: this.step,
      seconds: this.seconds,
      update: this.update,
      returnMean: this.recent.length === 0 ? null : mean(this.recent.map((episode) => episode.episodeReturn)),
      lengthMean: this.recent.length === 0 ? null : mean(this.recent.map((episode) => episode.length)),
      episodes: this.numEpisodes,
      diagnostics: iteration.diagnostics,
    };
    this.curve.add(progress);
    return { progress, evaluation: await this.evaluateWhenDue(), finished: this.finished };
  }

  /**
   * Measures the policy as it stands: deterministic actions, separate environments, and streams that depend on the
   * seed and the step alone, so that measuring changes nothing.
   */
  async evaluate(): Promise<Evaluation> {
    const { episodes } = this.config.evaluation;
    const request = {
      episodes,
      seed: this.config.seed,
      streamName: `evaluation/${this.step}`,
      options: this.config.envOptions,
    };
    const { returns } = this.agent.evaluate
      ? await this.agent.evaluate(request)
      : await evaluatePolicy(this.policy, this.environment, request);
    return {
      step: this.step,
      seconds: this.seconds,
      episodes,
      returnMean: mean(returns),
      returnStd: populationDeviation(returns),
    };
  }

  /**
   * How well an upside-down policy does what it is asked: returns from the lowest to the highest it has seen, each with
   * the middle of the horizons seen with it. Null for a policy that takes no commands or has seen too little.
   */
  async commandFollowing(numCommands = 21, episodesEach = 5): Promise<CommandFollowing | null> {
    const { policy, config, environment, step } = this;
    const commands = policy.commanded ? sweepCommands(policy.commanded.seen, numCommands) : [];
    if (commands.length < 2) return null;
    const { seed, envOptions: options } = config;
    return commandFollowing(policy, environment, {
      seed,
      streamName: `following/${step}`,
      options,
      commands,
      episodesEach,
    });
  }

  /** What this world says of the policy beyond its return, such as its long-run cost; nothing in most. */
  async figures(breathe?: () => Promise<void> | undefined): Promise<Figures> {
    const { seed, envOptions: options } = this.config;
    return finalFigures({ world: this.environment.spec.id, actor: this.policy, options, seed, breathe });
  }

  /** Everything needed to go on exactly. */
  async checkpoint(): Promise<Checkpoint> {
    const segments = await this.newSegments();
    const bytes = pack({
      version: CHECKPOINT_VERSION,
      config: JSON.parse(JSON.stringify(this.config)),
      engine: JSON.parse(JSON.stringify(this.engine)),
      step: this.step,
      seconds: this.seconds,
      update: this.update,
      numEpisodes: this.numEpisodes,
      nextEvaluation: this.nextEvaluation,
      budget: this.budgetSteps,
      solved: this.solved,
      recent: this.recent.map(({ episodeReturn, length }) => [episodeReturn, length]),
      evaluations: JSON.parse(JSON.stringify(this.evaluationLog)),
      points: JSON.parse(JSON.stringify(this.points)),
      breaks: JSON.parse(JSON.stringify(this.breakLog)),
      segments: this.liveSegments.map(({ name, from, to }) => ({ name, from, to })),
      agent: await this.agent.getState(),
    });
    return { step: this.step, bytes, segments };
  }

  dispose(): void {
    this.agent.dispose();
  }

  private keepEpisodes({ episodes, numEpisodes = episodes.length }: Iteration): void {
    for (const { episodeReturn, length } of episodes) this.recent.push({ episodeReturn, length });
    this.numEpisodes += numEpisodes;
    this.recent.splice(0, this.recent.length - RECENT_EPISODES);
  }

  private async evaluateWhenDue(): Promise<Evaluation | null> {
    const { every } = this.config.evaluation;
    if (every === 0 || this.step < this.nextEvaluation) return null;
    this.nextEvaluation = (Math.floor(this.step / every) + 1) * every;
    const evaluation = await this.evaluate();
    this.evaluationLog.push(evaluation);
    if (this.config.stopAt !== null && evaluation.returnMean >= this.config.stopAt) this.solved = true;
    return evaluation;
  }

  /** Stops a training whose numbers are no longer finite, naming the array that went wrong first. */
  private async refuseNonFinite(diagnostics: Readonly<Record<string, number>>): Promise<void> {
    const broken = Object.entries(diagnostics).find(([, value]) => !Number.isFinite(value));
    if (!broken) return;
    const where = nonFinitePath(await this.agent.getState(), "agent") ?? broken[0];
    throw new TrainingError(
      `${where} is no longer finite at step ${this.step} (${broken[0]} is ${broken[1]}): training stopped, and the last good checkpoint stands`,
    );
  }

  /** Cuts what the replay buffer took in since the last checkpoint into a segment, and drops segments it outgrew. */
  private async newSegments(): Promise<Segment[]> {
    const { replay } = this.agent;
    if (!replay || replay.numWritten === this.savedEntries) return [];
    const oldest = Math.max(0, replay.numWritten - replay.capacity);
    const from = Math.max(this.savedEntries, oldest);
    const to = replay.numWritten;
    const name = `${from}-${to}.bin`;
    this.savedEntries = to;
    this.liveSegments = [...this.liveSegments.filter((segment) => segment.to > oldest), { name, from, to }];
    return [{ name, bytes: pack(await replay.segment(from, to)) }];
  }

  private restore(saved: SavedSession, segments: readonly Segment[]): void {
    this.step = saved.step;
    this.seconds = saved.seconds;
    this.update = saved.update;
    this.numEpisodes = saved.numEpisodes;
    this.nextEvaluation = saved.nextEvaluation;
    // A budget that was raised while it ran stands, unless a new one was asked for.
    const asked = this.config.budget !== saved.config.budget;
    this.budgetSteps = asked ? this.config.budget : saved.budget;
    this.solved = saved.solved && !asked;
    for (const [episodeReturn, length] of saved.recent) this.recent.push({ episodeReturn, length });
    this.evaluationLog.push(...saved.evaluations);
    this.curve.restore(saved.points);
    this.breakLog = saved.breaks ?? [];
    for (const { name, to } of saved.segments) {
      const segment = segments.find((candidate) => candidate.name === name);
      if (!segment) throw new InputError("checkpoint", `no segment ${name}`, "every segment it refers to");
      this.agent.replay?.restoreSegment(unpack(segment.bytes, `segment ${name}`));
      this.savedEntries = to;
    }
    this.liveSegments = saved.segments.map((segment) => ({ ...segment }));
    this.agent.setState(saved.agent);
  }
}

/** What {@link Session.checkpoint} packs. */
export interface SavedSession {
  readonly version: number;
  readonly config: SessionConfig;
  readonly engine: EngineReport;
  readonly step: number;
  readonly seconds: number;
  readonly update: number;
  readonly numEpisodes: number;
  readonly nextEvaluation: number;
  readonly budget: number;
  readonly solved: boolean;
  readonly recent: readonly (readonly [number, number])[];
  readonly evaluations: readonly Evaluation[];
  readonly points: readonly Progress[];
  /** Absent in checkpoints of earlier versions. */
  readonly breaks?: readonly Break[];
  readonly segments: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  readonly agent: Packable;
}

/** Reads a checkpoint's contents. Throws `InputError` when it is broken or of another version. */
export function readCheckpoint(bytes: Uint8Array): SavedSession {
  const saved = unpack(bytes) as unknown as SavedSession | null;
  if (typeof saved !== "object" || saved === null || typeof saved.config !== "object") {
    throw new InputError("checkpoint", "a file without a config", "a checkpoint written by Vitrine");
  }
  if (saved.version !== CHECKPOINT_VERSION) {
    throw new InputError("checkpoint", `version ${showValue(saved.version)}`, `version ${CHECKPOINT_VERSION}`);
  }
  return saved;
}

/** A checkpoint goes on only under the config that made it; budget, goal and engine may differ. */
function checkSameRun(saved: SavedSession, config: SessionConfig): void {
  for (const field of ["env", "agent", "seed", "envOptions", "agentOptions"] as const) {
    const theirs = JSON.stringify(saved.config[field]);
    const ours = JSON.stringify(config[field]);
    if (theirs !== ours) throw new InputError("checkpoint", `one of ${field} ${theirs}`, `one of ${field} ${ours}`);
  }
}

/** The path of the first array in plain data that holds a number that is not finite, or null. */
function nonFinitePath(value: Packable | undefined, path: string): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (ArrayBuffer.isView(value)) {
    const index = (value as Float64Array).findIndex((entry) => !Number.isFinite(entry));
    return index < 0 ? null : `${path}[${index}]`;
  }
  for (const [key, item] of Object.entries(value)) {
    const found = nonFinitePath(item as Packable, `${path}.${key}`);
    if (found) return found;
  }
  return null;
}

/** Times the engines on the network of a config; an agent without one gets the engine that needs no loading. */
export async function timeEngines(config: SessionConfig, settings: CalibrationSettings = {}): Promise<EngineReport> {
  const { spec } = await loadWorld(config.env, config.envOptions);
  const network = findAgent(config.agent).network(spec, config.agentOptions);
  if (network) {
    const { gathering, engines } = network;
    const candidates = engines
      ? (settings.candidates ?? engines).filter((id) => engines.includes(id))
      : settings.candidates;
    const report = await calibrate(network.spec, network.batch, { gathering, ...settings, candidates });
    return withResident(report, config);
  }
  return { chosen: "reference", reason: "Nothing here is a network.", timings: [] };
}

/** Loads the engine that a resumed run was on, or the one that was asked for, or the one that the calibration picks. */
async function chooseEngine({
  asked,
  resumed,
  withoutGpu,
  isRecovery,
  compareAsked,
  calibrateNow,
}: {
  readonly asked: EngineId | null;
  readonly resumed: EngineReport | null;
  readonly withoutGpu: boolean;
  /** The run has begun already, even if nothing of it was saved: it goes on in any case. */
  readonly isRecovery: boolean;
  /** Time the other engines too when one was asked for. */
  readonly compareAsked: boolean;
  readonly calibrateNow: (candidates?: readonly EngineId[]) => Promise<EngineReport>;
}): Promise<{ factory: EngineFactory; report: EngineReport; notice: string | null }> {
  const wanted = resumed?.chosen ?? asked;
  const isBarred = wanted !== null && withoutGpu && isGpuEngine(wanted);
  if (wanted && !isBarred) {
    const factory = await loadEngine(wanted);
    if (factory) {
      if (resumed) return { factory, report: resumed, notice: null };
      const adapter = isGpuEngine(wanted) ? { adapter: await adapterReport() } : {};
      // Whoever keeps calibrations also shows them: what would the others give?
      const others = compareAsked ? await calibrateNow() : { timings: [] };
      const report = { ...others, ...adapter, chosen: wanted, reason: "It was asked for.", asked: true };
      return { factory, report, notice: null };
    }
    if (!resumed && !isRecovery) throw new InputError("engine", wanted, "an engine that this device offers");
  }
  let report = await calibrateNow();
  let factory = await loadEngine(report.chosen);
  if (!factory && isGpuEngine(report.chosen)) {
    // The adapter was there a moment ago.
    report = await calibrateNow(CPU_ENGINES);
    factory = await loadEngine(report.chosen);
  }
  if (!factory) throw new TrainingError(`the engine ${report.chosen} was chosen but could not be loaded`);
  const why = isBarred ? "which lost its graphics device again" : "which this device does not offer";
  const notice = wanted
    ? `This run began on ${wanted}, ${why}; it goes on with ${report.chosen}, no longer bit for bit.`
    : null;
  return { factory, report, notice };
}
