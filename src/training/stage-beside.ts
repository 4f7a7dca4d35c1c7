import type { Policy } from "../agents/policies/policy.js";
import { type Command, followCommand, writeCommand } from "../core/command.js";
import { actionSize } from "../core/spaces.js";
import type { Environment, VectorEnvironment } from "../envs/environment.js";
import { createVectorEnvironment, type VectorSettings } from "../envs/index.js";
import type { BesideFrames } from "./messages.js";

/** Where the second actor stands after one step. */
export interface BesideFrame {
  readonly state: Float64Array;
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly step: number;
  readonly episodeReturn: number;
  readonly ending: number;
  readonly parting: readonly [step: number, leader: number, beside: number];
  /** What is left of the command; null where the world's policy takes none. */
  readonly left: Float32Array | null;
}

/**
 * A second actor in a copy of the leader's episode: the same start, the same noise, actions of its own.
 *
 * It notes the first step at which the two chose differently in one and the same state. Of discrete actions only.
 */
export class Beside {
  /** What it did last. */
  frame: BesideFrame;
  private readonly env: VectorEnvironment;
  private readonly action: Float32Array;
  private readonly observation: Float32Array;

  /** What is left of its command: it goes its own way from the first step on. */
  private readonly left: Float32Array | null;

  /**
   * Begins where the leader has just begun an episode, with the leader's command [2]; `settings` are those of the
   * leader's copy.
   */
  constructor(
    environment: Environment,
    settings: VectorSettings,
    private readonly policy: Pick<Policy, "act">,
    leader: VectorEnvironment,
    command: Float32Array | null = null,
  ) {
    this.left = command?.slice() ?? null;
    this.env = createVectorEnvironment(environment, settings);
    this.env.setState(leader.getState());
    const { spec } = this.env;
    this.action = new Float32Array(actionSize(spec.action));
    this.observation = new Float32Array(spec.observation.length);
    this.frame = {
      state: this.env.stateOf(0),
      observation: this.env.observations.slice(),
      action: this.action.slice().fill(Number.NaN),
      step: 0,
      episodeReturn: 0,
      ending: 0,
      parting: [0, 0, 0],
      left: command?.slice() ?? null,
    };
  }

  get isOver(): boolean {
    return this.frame.ending !== 0;
  }

  /** Asks for something else from now on. */
  command(command: Command): void {
    if (this.left) writeCommand(command, this.left, 0);
  }

  /** One step, unless its episode is over. `leader` is what the leader does in this step, null once that has ended. */
  async step(leader: ArrayLike<number> | null): Promise<void> {
    const { env, action, policy, frame, left } = this;
    if (this.isOver) return;
    this.observation.set(env.observations);
    const pending = policy.act(this.observation, left, action, null);
    if (pending) await pending;
    env.step(action);
    if (left) followCommand(left, 0, env.rewards[0]);
    const step = frame.step + 1;
    const parts = frame.parting[0] === 0 && leader !== null && leader[0] !== action[0];
    this.frame = {
      state: env.finalStateOf(0),
      observation: env.finalObservations.slice(),
      action: action.slice(),
      step,
      episodeReturn: env.episodeReturns[0],
      ending: env.terminated[0] ? 1 : env.truncated[0] ? 2 : 0,
      parting: parts ? [step, leader[0], action[0]] : frame.parting,
      left: left?.slice() ?? null,
    };
  }
}

/** Lays the second actor's frames out row by row. */
export function packBeside(rows: readonly BesideFrame[]): BesideFrames {
  return {
    states: Float64Array.from(rows.flatMap(({ state }) => [...state])),
    observations: Float32Array.from(rows.flatMap(({ observation }) => [...observation])),
    actions: Float32Array.from(rows.flatMap(({ action }) => [...action])),
    steps: Uint32Array.from(rows, ({ step }) => step),
    returns: Float64Array.from(rows, ({ episodeReturn }) => episodeReturn),
    endings: Uint8Array.from(rows, ({ ending }) => ending),
    partings: Uint32Array.from(rows.flatMap(({ parting }) => [...parting])),
    commands: Float32Array.from(rows.flatMap(({ left }) => [...(left ?? [])])),
  };
}
