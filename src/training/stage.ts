import type { Policy } from "../agents/policies/policy.js";
import { COMMAND_SIZE, type Command, followCommand, writeCommand } from "../core/command.js";
import type { OptionValues } from "../core/options.js";
import { actionSize } from "../core/spaces.js";
import type { Environment, VectorEnvironment } from "../envs/environment.js";
import { createVectorEnvironment, type VectorSettings } from "../envs/index.js";
import type { StageActor, StageFrames } from "./messages.js";
import { Beside, type BesideFrame, packBeside } from "./stage-beside.js";

/** Most frames in one snapshot; at high speeds the frames before the newest ones are played but not sent. */
const MAX_FRAMES = 120;

/**
 * The episode on the stage: one copy of the world, played by the policy as it stands, with deterministic actions; by a
 * tree; or by both, the tree in a second copy of the same episode.
 *
 * It has a stream of its own and never touches training.
 */
export class Stage {
  private readonly env: VectorEnvironment;
  private readonly copySettings: VectorSettings;
  private readonly action: Float32Array;
  private readonly scores: Float32Array;
  private readonly startObservation: Float32Array;
  /** Null where the policy takes no commands; else what is left of the one it follows. */
  private readonly left: Float32Array | null;
  /** What a person asks for; null leaves it to the policy. */
  private asked: Command | null = null;
  /** Return the running episode was asked for at its start; null once that was changed. */
  private askedAtStart: number | null = null;
  private outcomes: number[] = [];
  private actor: StageActor = "network";
  /** The tree of the running episode, and that of the next one. */
  private tree: Pick<Policy, "act"> | null = null;
  private nextTree: Pick<Policy, "act"> | null = null;
  /** The tree's copy of the episode; null while one acts alone. */
  private beside: Beside | null = null;
  /** The last frame of an episode that has ended while the tree's copy goes on. */
  private ended: Frame | null = null;
  private episode = 1;
  private owed = 0;
  private fresh = true;

  constructor(
    private readonly environment: Environment,
    private readonly policy: Pick<Policy, "act" | "actionScores" | "commanded">,
    settings: { readonly seed: number; readonly options: OptionValues; readonly streamName?: string },
  ) {
    this.copySettings = { numEnvs: 1, streamName: "stage", ...settings };
    this.env = createVectorEnvironment(environment, this.copySettings);
    const { spec } = this.env;
    this.action = new Float32Array(actionSize(spec.action));
    const numScores = spec.action.kind === "discrete" && policy.actionScores ? spec.action.names.length : 0;
    this.scores = new Float32Array(numScores);
    this.startObservation = new Float32Array(spec.observation.length);
    this.left = policy.commanded ? new Float32Array(COMMAND_SIZE) : null;
  }

  /** Asks for this from now on, in the running episode too; null leaves it to the policy from the next episode on. */
  command(asked: Command | null): void {
    this.asked = asked;
    if (!this.left || !asked) return;
    writeCommand(asked, this.left, 0);
    this.beside?.command(asked);
    // An episode that is under way was asked for two things: what it achieves says nothing of either.
    this.askedAtStart = this.env.episodeLengths[0] === 0 ? asked.desiredReturn : null;
  }

  /** Says who acts from now on; another actor begins a new episode. */
  setActor(actor: StageActor): void {
    if (actor === this.actor) return;
    this.actor = actor;
    this.env.reset();
    this.ended = null;
    this.owed = 0;
    if (!this.fresh) this.episode++;
    this.fresh = true;
  }

  /** Gives the tree that acts from the next episode on; null leaves that to the network. */
  setTree(tree: Pick<Policy, "act"> | null): void {
    this.nextTree = tree;
  }

  /** Plays as many steps as `seconds` of simulated time hold; null when not one is due. */
  async play(seconds: number): Promise<StageFrames | null> {
    // A person plays in the page; the stage of the Worker rests.
    if (this.actor === "you") return null;
    this.owed += seconds / this.env.spec.secondsPerStep;
    const due = Math.floor(this.owed);
    this.owed -= due;
    if (due === 0 && !this.fresh) return null;
    return this.frames(due, this.fresh);
  }

  /** Plays exactly one step. */
  playOne(): Promise<StageFrames> {
    return this.frames(1, this.fresh);
  }

  private async frames(numSteps: number, withFirst: boolean): Promise<StageFrames> {
    const rows: Frame[] = [];
    const keep = (frame: Frame) => {
      rows.push(frame);
      if (rows.length > MAX_FRAMES) rows.shift();
    };
    if (withFirst) keep(await this.firstFrame());
    this.fresh = false;
    for (let step = 0; step < numSteps; step++) {
      const frame = this.ended ?? (await this.step());
      await this.beside?.step(this.ended ? null : this.action);
      keep(this.beside ? { ...frame, beside: this.beside.frame } : frame);
      if (frame.ending === 0) continue;
      if (this.beside && !this.beside.isOver) {
        this.ended = { ...frame, rewardTerms: new Float32Array(frame.rewardTerms.length) };
        continue;
      }
      this.ended = null;
      this.episode++;
      keep(await this.firstFrame());
    }
    return this.packed(rows);
  }

  /** One step of who acts, in the stage's own copy. */
  private async step(): Promise<Frame> {
    const { env } = this;
    const actor = this.actor === "tree" && this.tree ? this.tree : this.policy;
    this.startObservation.set(env.observations);
    const pending = actor.act(this.startObservation, this.left, this.action, null);
    if (pending) await pending;
    await this.scoreObservation(this.startObservation);
    env.step(this.action);
    if (this.left) followCommand(this.left, 0, env.rewards[0]);
    const ending = env.terminated[0] ? 1 : env.truncated[0] ? 2 : 0;
    if (ending !== 0 && this.askedAtStart !== null) this.outcomes.push(this.askedAtStart, env.episodeReturns[0]);
    return {
      state: env.finalStateOf(0),
      observation: env.finalObservations.slice(),
      action: this.action.slice(),
      rewardTerms: env.rewardTerms.slice(),
      step: env.episodeLengths[0],
      episodeReturn: env.episodeReturns[0],
      ending,
      scores: this.scores.slice(),
      left: this.left?.slice() ?? null,
      beside: null,
    };
  }

  private packed(rows: readonly Frame[]): StageFrames {
    const frames = packFrames(rows, this.env.spec.state.length, this.episode);
    // Who acts changes between snapshots only: all rows have the second actor's frame, or none has.
    const second = rows.flatMap(({ beside }) => (beside ? [beside] : []));
    const beside = second.length === rows.length ? { beside: packBeside(second) } : {};
    if (!this.left) return { ...frames, ...beside };
    const commands = Float32Array.from(rows.flatMap(({ left }) => [...(left ?? [])]));
    const outcomes = Float64Array.from(this.outcomes);
    this.outcomes = [];
    return { ...frames, ...beside, asked: { commands, outcomes } };
  }

  /** The world right after a reset, before any action. */
  private async firstFrame(): Promise<Frame> {
    this.takeCommand();
    this.takeTree();
    await this.scoreObservation(this.env.observations);
    return {
      state: this.env.stateOf(0),
      observation: this.env.observations.slice(),
      action: new Float32Array(this.action.length).fill(Number.NaN),
      rewardTerms: new Float32Array(this.env.spec.rewardTerms.length),
      step: 0,
      episodeReturn: 0,
      ending: 0,
      scores: this.scores.slice(),
      left: this.left?.slice() ?? null,
      beside: this.beside?.frame ?? null,
    };
  }

  /** An episode begins: the newest tree acts, beside the policy where both do. */
  private takeTree(): void {
    this.tree = this.nextTree;
    const { environment, copySettings, tree, env } = this;
    this.beside = this.actor === "both" && tree ? new Beside(environment, copySettings, tree, env, this.left) : null;
  }

  /** An episode begins: the command is the person's, or else the policy's own. */
  private takeCommand(): void {
    const command = this.asked ?? this.policy.commanded?.command;
    if (!this.left || !command) return;
    writeCommand(command, this.left, 0);
    this.askedAtStart = command.desiredReturn;
  }

  private async scoreObservation(observation: Float32Array): Promise<void> {
    if (this.scores.length === 0) return;
    const pending = this.policy.actionScores?.(observation, this.scores, this.left);
    if (pending) await pending;
  }
}

interface Frame {
  readonly state: Float64Array;
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly rewardTerms: Float32Array;
  readonly step: number;
  readonly episodeReturn: number;
  readonly ending: number;
  readonly scores: Float32Array;
  /** What is left of the command; null where the policy takes none. */
  readonly left: Float32Array | null;
  /** Where the second actor stands; null while one acts alone. */
  readonly beside: BesideFrame | null;
}

/** Lays frames out row by row, so that a snapshot is a handful of transferable arrays. */
function packFrames(rows: readonly Frame[], stateSize: number, episode: number): StageFrames {
  const count = rows.length;
  const gather = (key: "observation" | "action" | "rewardTerms" | "scores") => {
    const size = rows[0][key].length;
    const out = new Float32Array(count * size);
    rows.forEach((row, i) => {
      out.set(row[key], i * size);
    });
    return out;
  };
  const states = new Float64Array(count * stateSize);
  rows.forEach((row, i) => {
    states.set(row.state, i * stateSize);
  });
  return {
    count,
    states,
    observations: gather("observation"),
    actions: gather("action"),
    rewardTerms: gather("rewardTerms"),
    steps: Uint32Array.from(rows, (row) => row.step),
    returns: Float64Array.from(rows, (row) => row.episodeReturn),
    endings: Uint8Array.from(rows, (row) => row.ending),
    actionScores: gather("scores"),
    episode,
  };
}
