import type { SerialisedPolicy } from "../agents/policies/policy.js";
import type { EngineReport } from "../compute/engine.js";
import type { Command, Commanded } from "../core/command.js";
import type { LossKind } from "../core/errors.js";
import type { OptionValue } from "../core/options.js";
import type { CommandFollowing } from "../evaluate/command-following.js";
import type { Attribution } from "../interpret/attribution.js";
import type { DecisionMap, PartialDependence } from "../interpret/decision-map.js";
import type { Explanation, ExplanationMethod, TreeExplanation } from "../interpret/explanation.js";
import type { ForestImportances } from "../interpret/forest-importances.js";
import type { MessageEffects } from "../interpret/messages.js";
import type { Break, Evaluation, Progress, SessionConfig } from "./config.js";

/** A part of a replay buffer that never changes again; checkpoints refer to it by name. */
export interface Segment {
  /** File name, `<from>-<to>.bin`. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What is to be explained, and how. */
export interface ExplainWish {
  readonly method: ExplanationMethod;
  /** Only what differs from the method's defaults. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Again and again while it trains, and once more at the end; else once, now. */
  readonly live: boolean;
}

/** What the page looks at beside the stage. */
export interface ViewWish {
  /** Shapley values of the step on the stage. */
  readonly attribution: boolean;
  /**
   * Indices of the two features of a decision map, or null; `average` takes the mean over states of the stage instead
   * of holding the other features where the stage is. Of a policy that follows commands, what is left of the command
   * are two more features.
   */
  readonly map: { readonly x: number; readonly y: number; readonly average?: boolean } | null;
  /** Index of a feature whose partial dependence is wanted, with the importances of a policy made of trees. */
  readonly feature?: number | null;
  /** A tree or a rule whose map is wanted beside the network's. */
  readonly readable: SerialisedPolicy | null;
  /** What the edges of a graph network pass on in the newest state of the stage. */
  readonly messages?: boolean;
}

/**
 * Who acts on the stage: the policy that is being trained, the readable tree, both side by side from the same start, or
 * a person, who plays in the page itself (a Worker in the middle of an update would let her wait).
 */
export type StageActor = "network" | "tree" | "both" | "you";

/** What the page (or any owner) asks of the worker. */
export type ToWorker =
  /** Starts or, with a checkpoint, goes on. The worker answers `ready`, then trains unless `paused`. */
  | {
      readonly type: "start";
      readonly config: SessionConfig;
      readonly checkpoint: Uint8Array<ArrayBuffer> | null;
      readonly segments: readonly Segment[];
      readonly paused: boolean;
      /** Environment copies shown on the stage: 1 shows it, 0 saves the work (other seeds of a pool). */
      readonly show: boolean;
      /** Where the run broke off so far, when the owner knows better than the checkpoint. */
      readonly breaks?: readonly Break[] | null;
      /** Leave the graphics device alone: it was lost before. */
      readonly withoutGpu?: boolean;
      /** Calibrations that the owner remembers of earlier sessions. */
      readonly remembered?: readonly EngineReport[];
    }
  | { readonly type: "pause" }
  | { readonly type: "train" }
  /** One update, then pause again. */
  | { readonly type: "step" }
  /** Speed of the stage relative to real time, 0 to 64; 0 freezes it. Training always runs as fast as it can. */
  | { readonly type: "speed"; readonly value: number }
  /**
   * What the policy on the stage is asked for from now on, in the running episode too; null asks for what the policy
   * itself would. Nothing where the policy takes no commands.
   */
  | { readonly type: "command"; readonly value: Command | null }
  /** Asks an upside-down policy for returns from the lowest to the highest seen; the answer is a `following` message. */
  | { readonly type: "sweep" }
  /** Says who acts on the stage from now on; a new episode begins. */
  | { readonly type: "actor"; readonly value: StageActor }
  /** The tree that acts on the stage, from its next episode on; without one the network acts in its place. */
  | { readonly type: "tree"; readonly policy: SerialisedPolicy | null }
  /** Raises the budget (environment steps since the start) and goes on. */
  | { readonly type: "budget"; readonly value: number }
  /** Asks for a checkpoint now; the answer is a `checkpoint` message. */
  | { readonly type: "checkpoint" }
  /** Explains the policy; null ends living explanations. The answers are `explaining`, then `explanation`. */
  | { readonly type: "explain"; readonly wish: ExplainWish | null }
  /** Scores a tree that a person changed; the answer is an `explanation`. */
  /** `edit` numbers the change, and stands in the answer. */
  | {
      readonly type: "score";
      readonly before: TreeExplanation;
      readonly policy: SerialisedPolicy;
      readonly edit: number;
    }
  /** Says what is looked at from now on; null ends it. The answers come a few times a second, each of its kind. */
  | { readonly type: "watch"; readonly wish: ViewWish | null }
  /** Ends the training; the worker answers `stopped` after a last checkpoint and can be started again. */
  | { readonly type: "stop" };

/** Consecutive steps of the episode on the stage, played with the current policy by the worker. */
export interface StageFrames {
  readonly count: number;
  /** [count, stateSize], state after each step (or after a reset). */
  readonly states: Float64Array<ArrayBuffer>;
  /** [count, observationSize] */
  readonly observations: Float32Array<ArrayBuffer>;
  /** [count, actionSize], the action that led here; NaN in the first frame of an episode. */
  readonly actions: Float32Array<ArrayBuffer>;
  /** [count, numTerms] */
  readonly rewardTerms: Float32Array<ArrayBuffer>;
  /** [count], step within the episode, 0 right after a reset. */
  readonly steps: Uint32Array<ArrayBuffer>;
  /** [count], undiscounted return so far in the episode. */
  readonly returns: Float64Array<ArrayBuffer>;
  /** [count], 0 goes on, 1 terminated, 2 truncated with this step. */
  readonly endings: Uint8Array<ArrayBuffer>;
  /** [count, actionNames] probabilities or values of the actions at this state's observation where the policy has them, else empty. */
  readonly actionScores: Float32Array<ArrayBuffer>;
  /** Number of the episode on the stage since the start of this worker. */
  readonly episode: number;
  /** Absent where the policy takes no commands. */
  readonly asked?: StageCommands;
  /** The tree's copy of the episode, while both act. */
  readonly beside?: BesideFrames;
}

/**
 * The same episode (start and noise) as played by a second actor. It ends by itself; the stage goes on to the next one
 * when both have ended, and who ended first keeps its last frame.
 */
export interface BesideFrames {
  /** [count, stateSize] */
  readonly states: Float64Array<ArrayBuffer>;
  /** [count, observationSize] */
  readonly observations: Float32Array<ArrayBuffer>;
  /** [count, actionSize] */
  readonly actions: Float32Array<ArrayBuffer>;
  /** [count], its own step. */
  readonly steps: Uint32Array<ArrayBuffer>;
  /** [count] */
  readonly returns: Float64Array<ArrayBuffer>;
  /** [count], as in {@link StageFrames}. */
  readonly endings: Uint8Array<ArrayBuffer>;
  /** [count, 3], first step at which the two chose differently (0: none so far), the leader's action there, its own. */
  readonly partings: Uint32Array<ArrayBuffer>;
  /** [count, 2], what is left of its command at each frame; empty where the policy takes none. */
  readonly commands: Float32Array<ArrayBuffer>;
}

/** What was asked of the policy on the stage. */
export interface StageCommands {
  /** [count, 2], desired return and horizon that are left at each frame. */
  readonly commands: Float32Array<ArrayBuffer>;
  /** [n, 2], asked and achieved return of the episodes that ended, but for those whose command was changed midway. */
  readonly outcomes: Float64Array<ArrayBuffer>;
}

export type SessionStatus = "training" | "paused" | "finished" | "stopped";

/** At most 20 a second. */
export interface Snapshot {
  readonly status: SessionStatus;
  readonly progress: Progress;
  /** Curve points since the last snapshot (thinned by the worker: at most 50). */
  readonly points: readonly Progress[];
  /** Environment steps per second of training over the last second; 0 while paused. */
  readonly stepsPerSecond: number;
  readonly stage: StageFrames | null;
  /** What the policy says of commands; null where it takes none. */
  readonly commanded: Commanded | null;
}

/** What the worker tells. */
export type FromWorker =
  | {
      readonly type: "ready";
      readonly engine: EngineReport;
      readonly parameterCount: number;
      /** Steps after which the agent ends by itself at the latest; null where it does not know. */
      readonly plannedSteps: number | null;
      readonly step: number;
      /** Evaluations and curve of the run so far (from its checkpoint). */
      readonly evaluations: readonly Evaluation[];
      readonly points: readonly Progress[];
      readonly breaks: readonly Break[];
      /** A sentence when the run goes on, but no longer bit for bit; else null. */
      readonly notice: string | null;
    }
  | ({ readonly type: "snapshot" } & Snapshot)
  | { readonly type: "evaluation"; readonly evaluation: Evaluation }
  /** The owner stores it; `segments` are those that are new since the last checkpoint. */
  | {
      readonly type: "checkpoint";
      readonly step: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly segments: readonly Segment[];
    }
  /** Work on an explanation of the policy at that step begins, or has come to this share of it. */
  | {
      readonly type: "explaining";
      readonly method: ExplanationMethod;
      readonly step: number;
      readonly live: boolean;
      readonly share: number;
    }
  /** Live ones are quick and many; the others are worth keeping. */
  | {
      readonly type: "explanation";
      readonly explanation: Explanation;
      readonly live: boolean;
      /** Number of the change that was scored; absent where a policy was explained. */
      readonly edit?: number | undefined;
    }
  /** This policy cannot be explained so; training goes on. `input` when the wish is at fault. */
  | {
      readonly type: "explanation-failed";
      readonly method: ExplanationMethod;
      readonly message: string;
      readonly input: boolean;
    }
  /** Why the policy does what it does in the newest state of the stage. */
  | {
      readonly type: "attribution";
      readonly step: number;
      readonly observation: Float32Array;
      readonly attribution: Attribution;
    }
  /** What the network does around the newest state of the stage, and the readable policy where one was given. */
  | {
      readonly type: "map";
      readonly step: number;
      readonly network: DecisionMap;
      readonly readable: DecisionMap | null;
    }
  /** How the policy's scores move with one feature, over states of the stage; and what its trees say, if it has any. */
  | {
      readonly type: "dependence";
      readonly step: number;
      readonly dependence: PartialDependence;
      /** Value of the feature on the stage. */
      readonly at: number;
      readonly forest: ForestImportances | null;
    }
  /** The tree that was given cannot act in this world; the network acts in its place. */
  | { readonly type: "tree-refused"; readonly message: string }
  /** What the edges of a graph network pass on in the newest state of the stage, against the mean over others. */
  | {
      readonly type: "messages";
      readonly step: number;
      readonly edgeNames: readonly string[];
      /** Nodes at both ends of every edge; −1 for the supplier and for customers. */
      readonly ends: readonly (readonly [source: number, target: number])[];
      readonly effects: MessageEffects;
      /** States of the stage that the means are taken over. */
      readonly background: number;
    }
  /** What was looked at cannot be shown; training goes on. */
  | { readonly type: "view-failed"; readonly message: string }
  /** How the policy did what it was asked at this step; null where it takes no commands or has seen too little. */
  | { readonly type: "following"; readonly step: number; readonly following: CommandFollowing | null }
  | { readonly type: "finished"; readonly reason: "budget" | "solved"; readonly step: number }
  | { readonly type: "stopped" }
  /** A few times a second from the start of the Worker on: it hears and can be heard, whatever it computes. */
  | { readonly type: "alive" }
  /** What computed is gone, and this Worker with it; a new one can go on from the last checkpoint. */
  | { readonly type: "lost"; readonly kind: LossKind; readonly message: string }
  /** Nothing can go on by itself; the last checkpoint stands. `input` when what was given is at fault. */
  | { readonly type: "failed"; readonly message: string; readonly input: boolean };
