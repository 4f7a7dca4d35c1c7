import type { Policy, SerialisedPolicy } from "../agents/policies/policy.js";
import { restorePolicy } from "../agents/policies/restore.js";
import { COMMAND_SIZE } from "../core/command.js";
import { InputError, messageOf } from "../core/errors.js";
import { RandomStream } from "../core/random.js";
import type { Environment } from "../envs/environment.js";
import { attribute } from "../interpret/attribution.js";
import { type DecisionMap, decisionMap, partialDependence } from "../interpret/decision-map.js";
import { forestImportances } from "../interpret/forest-importances.js";
import { GraphMessages } from "../interpret/messages.js";
import { withCommandAsFeatures } from "../interpret/play.js";
import { Teacher } from "../interpret/teacher.js";
import type { FromWorker, StageFrames, ViewWish } from "./messages.js";
import type { Session } from "./session.js";

/** At most this often, in milliseconds. */
const ATTRIBUTION_MS = 125;
const MAP_MS = 400;
/** A mean over many states costs as many maps: less often, and coarser. */
const AVERAGE_MS = 2000;
const AVERAGE_RESOLUTION = 24;
/** States that it is taken over, at most. */
const AVERAGED = 24;
const DEPENDENCE_MS = 1000;
const MESSAGES_MS = 1000;
/** States of the stage that attributions are measured against. */
const BACKGROUND = 50;
/** With fewer of them nothing is attributed yet. */
const LEAST_BACKGROUND = 10;
/** A state enters the background after so many seconds of the stage, so that it spans more than one swing. */
const BACKGROUND_SECONDS = 0.14;

/**
 * What the page looks at beside the stage: attributions of the step on it, and maps over two features.
 *
 * Looked at between updates, with the policy as it stands; nothing is drawn from the training's streams.
 */
export class PolicyViews {
  private wish: ViewWish | null = null;
  private readable: Policy | null = null;
  private readonly background: Float32Array[] = [];
  private readonly stream: RandomStream;
  private newest: Float32Array | null = null;
  private seen = 0;
  private lastAttribution = Number.NEGATIVE_INFINITY;
  private lastMap = Number.NEGATIVE_INFINITY;
  private lastDependence = Number.NEGATIVE_INFINITY;
  private lastMessages = Number.NEGATIVE_INFINITY;
  private lookedAt: Float32Array | null = null;
  private heardAt: Float32Array | null = null;
  /** One in so many states of the stage enters the background. */
  private readonly stride: number;

  constructor(
    private readonly session: Session,
    private readonly post: (message: FromWorker) => void,
  ) {
    this.stream = new RandomStream(session.config.seed, "views");
    this.stride = Math.max(1, Math.round(BACKGROUND_SECONDS / session.environment.spec.secondsPerStep));
  }

  /** Says what is looked at from now on; null ends it. */
  watch(wish: ViewWish | null): void {
    this.wish = wish;
    this.lastAttribution = this.lastMap = this.lastDependence = this.lastMessages = Number.NEGATIVE_INFINITY;
    this.lookedAt = this.heardAt = null;
    try {
      this.readable = wish?.readable ? restoreReadable(wish.readable, this.session) : null;
    } catch (error) {
      this.readable = null;
      this.post({ type: "view-failed", message: messageOf(error) });
    }
  }

  /** Takes in what the stage played. */
  see(frames: StageFrames | null): void {
    if (!frames || frames.count === 0) return;
    for (let row = 0; row < frames.count; row++) {
      if (this.seen++ % this.stride !== 0) continue;
      const state = rowOf(frames, row);
      if (this.background.length < BACKGROUND) this.background.push(state);
      else this.background[this.stream.integer(BACKGROUND)] = state;
    }
    this.newest = rowOf(frames, frames.count - 1);
  }

  /** Looks, when something is wished for and due. */
  async look(now: number): Promise<void> {
    const { wish, newest } = this;
    if (!wish || !newest) return;
    const { map, feature = null } = wish;
    try {
      if (wish.attribution && now - this.lastAttribution >= ATTRIBUTION_MS) {
        this.lastAttribution = now;
        await this.attribute(newest);
      }
      if (map && now - this.lastMap >= (map.average ? AVERAGE_MS : MAP_MS)) {
        this.lastMap = now;
        await this.map(map, newest);
      }
      if (feature !== null && now - this.lastDependence >= DEPENDENCE_MS && this.hasBackground) {
        this.lastDependence = now;
        await this.depend(feature, newest);
      }
      if (wish.messages && now - this.lastMessages >= MESSAGES_MS && this.hasBackground && newest !== this.heardAt) {
        this.lastMessages = now;
        this.heardAt = newest;
        this.hear(newest);
      }
    } catch (error) {
      this.wish = null;
      this.post({ type: "view-failed", message: messageOf(error) });
    }
  }

  private get hasBackground(): boolean {
    return this.background.length >= LEAST_BACKGROUND;
  }

  /** The policy and its world, what is left of a command among the features. */
  private get subject() {
    return this.reading(this.session.policy);
  }

  /** A policy of this world that obeys, or does not, as the one that is trained. */
  private reading(policy: Policy) {
    const { environment, policy: trained } = this.session;
    const { commanded } = trained;
    return commanded ? withCommandAsFeatures(policy, environment.spec, commanded) : { policy, spec: environment.spec };
  }

  private async attribute(observation: Float32Array): Promise<void> {
    if (!this.hasBackground || observation === this.lookedAt) return;
    this.lookedAt = observation;
    const { policy, spec } = this.subject;
    const teacher = new Teacher(policy, spec, "attribution");
    const background = Float64Array.from(this.background.flatMap((row) => [...row]));
    const attribution = await attribute(teacher, observation, background, this.stream);
    this.post({ type: "attribution", step: this.session.step, observation: observation.slice(), attribution });
  }

  private async map({ x, y, average = false }: NonNullable<ViewWish["map"]>, at: Float32Array): Promise<void> {
    if (average && !this.hasBackground) return;
    const { policy, spec } = this.subject;
    const mean = { resolution: AVERAGE_RESOLUTION, background: this.rows(AVERAGED) };
    const request = { x, y, at, ...(average ? mean : {}) };
    const network = await decisionMap(policy, spec, request);
    let readable: DecisionMap | null = null;
    if (this.readable) readable = await decisionMap(this.reading(this.readable).policy, spec, request);
    this.post({ type: "map", step: this.session.step, network, readable });
  }

  private async depend(feature: number, at: Float32Array): Promise<void> {
    const { policy, spec } = this.subject;
    const dependence = await partialDependence(policy, spec, feature, this.rows(BACKGROUND));
    // Only learners of upside-down policies are made of trees.
    const { commanded } = this.session.policy;
    const forest = commanded ? forestImportances(await policy.serialise(), at) : null;
    this.post({ type: "dependence", step: this.session.step, dependence, at: at[feature], forest });
  }

  private hear(observation: Float32Array): void {
    const { policy, step } = this.session;
    const visited = Float64Array.from(this.background.flatMap((row) => [...row]));
    const messages = new GraphMessages(policy, visited);
    const effects = messages.effectsIn(Float64Array.from(observation));
    const { edgeNames, ends } = messages;
    this.post({ type: "messages", step, edgeNames, ends, effects, background: this.background.length });
  }

  /** The background's first rows, one after another. */
  private rows(count: number): Float32Array {
    return Float32Array.from(this.background.slice(0, count).flatMap((row) => [...row]));
  }
}

/** The observation of one frame, and what was left of the command. */
function rowOf({ observations, count, asked }: StageFrames, row: number): Float32Array {
  const size = observations.length / count;
  const command = asked?.commands.subarray(COMMAND_SIZE * row, COMMAND_SIZE * (row + 1)) ?? [];
  return Float32Array.of(...observations.subarray(row * size, (row + 1) * size), ...command);
}

/**
 * Lets a tree or a rule act. Throws {@link InputError} for one that does not fit the session's world, or that reads a
 * command where its policy takes none.
 */
export function restoreReadable(
  policy: SerialisedPolicy,
  session: { readonly environment: Environment; readonly policy: Policy },
): Policy {
  if ((policy["commandScales"] || policy["readsCommand"]) && !session.policy.commanded) {
    throw new InputError("policy", "a policy that reads a command", "one that reads the observation alone");
  }
  return restorePolicy(policy, session.environment.spec, () => {
    throw new TypeError("expected a tree or a rule, got a network");
  }).policy;
}
