import { findAgent } from "../../src/agents/index.js";
import type { Commanded } from "../../src/core/command.js";
import { pack, unpack } from "../../src/core/pack.js";
import { RandomStream } from "../../src/core/random.js";
import type { VectorEnvironment } from "../../src/envs/environment.js";
import { createVectorEnvironment, findEnvironment } from "../../src/envs/index.js";
import type { CommandFollowing } from "../../src/evaluate/command-following.js";
import type { Break, Evaluation, Progress, SessionConfig } from "../../src/training/config.js";
import type { FromWorker, SessionStatus, StageActor, StageFrames, ToWorker } from "../../src/training/messages.js";

/** What the fake says of how it does what it is asked. */
const FOLLOWING: CommandFollowing = {
  points: [10, 60, 120, 180].map((desiredReturn) => ({
    command: { desiredReturn, desiredHorizon: desiredReturn },
    achieved: 0.9 * desiredReturn + 8,
    length: desiredReturn,
  })),
  correlation: 1,
  episodesEach: 5,
};

/** Steps that one update of the fake takes. */
export const STEPS_PER_UPDATE = 1000;

/**
 * A training Worker that speaks the protocol and learns nothing: its curve rises on a fixed line, its stage is played
 * by a few lines of control, and it answers at once. Enough to look at the page, quick enough for its tests.
 */
export class FakeWorker extends EventTarget {
  /** Every message it was sent. */
  readonly received: ToWorker[] = [];
  terminated = false;
  private silent = false;
  private config: SessionConfig | null = null;
  private status: SessionStatus = "paused";
  private show = false;
  private step = 0;
  private update = 0;
  private budget = 0;
  private speed = 1;
  private actor: StageActor = "network";
  private owed = 0;
  private points: Progress[] = [];
  private evaluations: Evaluation[] = [];
  private breaks: readonly Break[] = [];
  private env: VectorEnvironment | null = null;
  /** Set to say that the policy takes commands. */
  commanded: Commanded | null = null;
  private left: Float32Array<ArrayBuffer> | null = null;
  private stream = new RandomStream(1, "fake");
  private episode = 1;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    /** Milliseconds between two updates. */
    private readonly pace = 50,
    /** Makes the answer to `start`, for tests of what goes wrong. */
    private readonly onStart: ((worker: FakeWorker) => boolean) | null = null,
  ) {
    super();
  }

  postMessage(message: ToWorker): void {
    this.received.push(message);
    queueMicrotask(() => this.handle(message));
  }

  terminate(): void {
    this.terminated = true;
    if (this.timer) clearInterval(this.timer);
  }

  /** Breaks, as a Worker does whose script throws. */
  crash(message = "undefined is not a function"): void {
    this.dispatchEvent(new ErrorEvent("error", { message, cancelable: true }));
  }

  /** Says nothing any more, as a Worker does that hangs. */
  hang(): void {
    this.silent = true;
  }

  /** Says something, as the real one would. */
  say(message: FromWorker): void {
    if (!this.terminated && !this.silent) this.dispatchEvent(new MessageEvent("message", { data: message }));
  }

  private handle(message: ToWorker): void {
    switch (message.type) {
      case "start":
        this.start(message);
        break;
      case "pause":
        if (this.status === "training") this.status = "paused";
        break;
      case "train":
        if (this.status === "paused") this.status = "training";
        break;
      case "step":
        this.status = "paused";
        this.learn();
        break;
      case "speed":
        this.speed = message.value;
        break;
      case "command":
        this.left = message.value && Float32Array.of(message.value.desiredReturn, message.value.desiredHorizon);
        break;
      case "sweep":
        this.say({ type: "following", step: this.step, following: this.commanded && FOLLOWING });
        break;
      case "budget":
        this.budget = message.value;
        if (this.status === "finished" && this.step < this.budget) this.status = "training";
        break;
      case "checkpoint":
        this.sendCheckpoint();
        break;
      case "actor":
        this.actor = message.value;
        break;
      case "explain":
      case "score":
      case "watch":
      case "tree":
        // It explains nothing; tests let it say what they need.
        break;
      case "stop":
        if (this.timer) clearInterval(this.timer);
        this.sendCheckpoint();
        this.status = "stopped";
        this.say({ type: "stopped" });
        break;
      default:
        message satisfies never;
    }
  }

  private start(message: Extract<ToWorker, { type: "start" }>): void {
    if (this.onStart?.(this)) return;
    const { config } = message;
    this.config = config;
    this.budget = config.budget;
    this.show = message.show;
    this.points = [];
    this.evaluations = [];
    this.step = 0;
    this.update = 0;
    this.breaks = [];
    if (message.checkpoint) this.restore(message.checkpoint);
    if (message.breaks) this.breaks = message.breaks;
    const onGpu = config.engine === "tfjs-webgpu" && message.withoutGpu !== true;
    this.status = this.step >= this.budget ? "finished" : message.paused ? "paused" : "training";
    this.stream = new RandomStream(config.seed, "fake");
    this.env = createVectorEnvironment(findEnvironment(config.env), {
      numEnvs: 1,
      seed: config.seed,
      options: config.envOptions,
    });
    this.say({
      type: "ready",
      plannedSteps: null,
      engine: {
        chosen: onGpu ? "tfjs-webgpu" : "wasm-simd",
        reason: "fastest of 2",
        timings: [
          { id: "wasm-simd", milliseconds: 0.41, note: "" },
          { id: "reference", milliseconds: 3.6, note: "" },
        ],
      },
      parameterCount: 9155,
      step: this.step,
      evaluations: this.evaluations,
      points: this.points,
      breaks: this.breaks,
      notice: null,
    });
    this.timer = setInterval(() => this.tick(), this.pace);
  }

  private restore(bytes: Uint8Array): void {
    const saved = unpack(bytes) as unknown as {
      step: number;
      points: Progress[];
      evaluations: Evaluation[];
      breaks: Break[];
    };
    this.breaks = saved.breaks;
    this.step = saved.step;
    this.update = saved.step / STEPS_PER_UPDATE;
    this.points = saved.points;
    this.evaluations = saved.evaluations;
  }

  private tick(): void {
    const fresh = this.status === "training" ? this.learn() : [];
    this.say({
      type: "snapshot",
      status: this.status,
      progress: this.points.at(-1) ?? progressAt(0, 0, this.config),
      points: fresh,
      stepsPerSecond: this.status === "training" ? (STEPS_PER_UPDATE * 1000) / this.pace : 0,
      stage: this.show ? this.play() : null,
      commanded: this.commanded,
    });
    if (this.status === "training" && this.update % 20 === 0) this.sendCheckpoint();
  }

  private learn(): Progress[] {
    this.step += STEPS_PER_UPDATE;
    this.update++;
    const point = progressAt(this.step, this.update, this.config);
    this.points.push(point);
    if (this.update % 5 === 0) {
      const evaluation: Evaluation = {
        step: this.step,
        seconds: this.step / 1e5,
        episodes: 20,
        returnMean: Math.min(500, (point.returnMean ?? 0) * 1.15),
        returnStd: 12,
      };
      this.evaluations.push(evaluation);
      this.say({ type: "evaluation", evaluation });
    }
    if (this.step >= this.budget) {
      this.status = "finished";
      this.sendCheckpoint();
      this.say({ type: "finished", reason: "budget", step: this.step });
    }
    return [point];
  }

  private sendCheckpoint(): void {
    const bytes = pack({
      step: this.step,
      points: JSON.parse(JSON.stringify(this.points)),
      evaluations: JSON.parse(JSON.stringify(this.evaluations)),
      breaks: JSON.parse(JSON.stringify(this.breaks)),
      segments: [],
    });
    this.say({ type: "checkpoint", step: this.step, bytes, segments: [] });
  }

  private play(): StageFrames | null {
    const { env } = this;
    if (!env || this.actor === "you") return null;
    this.owed += ((this.pace / 1000) * this.speed) / env.spec.secondsPerStep;
    const count = Math.min(60, Math.floor(this.owed));
    this.owed -= Math.floor(this.owed);
    if (count === 0) return null;
    const { observation, state, rewardTerms } = env.spec;
    const frames = emptyFrames(count, state.length, observation.length, rewardTerms.length, numScores(env));
    for (let i = 0; i < count; i++) this.playStep(env, frames, i);
    const { commanded } = this;
    if (!commanded) return { ...frames, episode: this.episode };
    const { desiredReturn, desiredHorizon } = commanded.command;
    const left = this.left ?? Float32Array.of(desiredReturn, desiredHorizon);
    const commands = Float32Array.from({ length: 2 * count }, (_, i) => left[i % 2] - (frames.steps[i >> 1] ?? 0));
    const outcomes = Float64Array.from(frames.steps.includes(0) ? [left[0], left[0] * 0.9] : []);
    return { ...frames, episode: this.episode, asked: { commands, outcomes } };
  }

  private playStep(env: VectorEnvironment, frames: StageFrames, i: number): void {
    const [x = 0, v = 0, angle = 0, spin = 0] = env.observations;
    const lean = angle + 0.5 * spin + 0.05 * x + 0.1 * v + 0.1 * (this.stream.uniform() - 0.5);
    const actions = numScores(env);
    const action = actions === 2 ? (lean > 0 ? 1 : 0) : this.stream.integer(Math.max(1, actions));
    env.step(Float32Array.of(action));
    const ended = env.terminated[0] === 1 || env.truncated[0] === 1;
    frames.states.set(env.stateOf(0), i * env.spec.state.length);
    frames.observations.set(env.observations, i * env.spec.observation.length);
    frames.actions[i] = ended ? Number.NaN : action;
    frames.rewardTerms.set(env.rewardTerms, i * env.spec.rewardTerms.length);
    frames.steps[i] = ended ? 0 : env.episodeLengths[0];
    frames.returns[i] = ended ? 0 : env.episodeReturns[0];
    if (ended) this.episode++;
    const sure = 1 / (1 + Math.exp(-12 * Math.abs(lean)));
    for (let a = 0; a < actions; a++)
      frames.actionScores[i * actions + a] = a === action ? sure : (1 - sure) / (actions - 1);
  }
}

function numScores(env: VectorEnvironment): number {
  return env.spec.action.kind === "discrete" ? env.spec.action.names.length : 0;
}

function emptyFrames(count: number, state: number, observation: number, terms: number, scores: number): StageFrames {
  return {
    count,
    states: new Float64Array(count * state),
    observations: new Float32Array(count * observation),
    actions: new Float32Array(count),
    rewardTerms: new Float32Array(count * terms),
    steps: new Uint32Array(count),
    returns: new Float64Array(count),
    endings: new Uint8Array(count),
    actionScores: new Float32Array(count * scores),
    episode: 1,
  };
}

/** The fake's curve: it rises smoothly towards 500, a little unevenly. */
function progressAt(step: number, update: number, config: SessionConfig | null): Progress {
  const wobble = Math.sin(update * 1.7 + (config?.seed ?? 0));
  const share = 1 - Math.exp(-step / 20_000);
  const value = (0.5 + 0.4 * Math.sin(update * 0.9)) * (1 - share * 0.6);
  const keys = config ? findAgent(config.agent).diagnostics.map(({ key }) => key) : [];
  return {
    step,
    seconds: step / 1e5,
    update,
    returnMean: step === 0 ? null : 22 + 460 * share + 9 * wobble,
    lengthMean: step === 0 ? null : 22 + 460 * share + 9 * wobble,
    episodes: update * 8,
    diagnostics: Object.fromEntries(keys.map((key) => [key, key === "kl" ? value * 0.02 : value])),
  };
}
