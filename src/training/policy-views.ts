import type { Policy, SerialisedPolicy } from "../agents/policies/policy.js";
import { restorePolicy } from "../agents/policies/restore.js";
import { messageOf } from "../core/errors.js";
import { RandomStream } from "../core/random.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import { attribute } from "../interpret/attribution.js";
import { type DecisionMap, decisionMap } from "../interpret/decision-map.js";
import { Teacher } from "../interpret/teacher.js";
import type { FromWorker, StageFrames, ViewWish } from "./messages.js";
import type { Session } from "./session.js";

/** At most this often, in milliseconds. */
const ATTRIBUTION_MS = 125;
const MAP_MS = 400;
/** States of the stage that attributions are measured against. */
const BACKGROUND = 50;
/** With fewer of them nothing is attributed yet. */
const LEAST_BACKGROUND = 10;
/** One in so many states of the stage enters the background, so that it spans more than one swing. */
const BACKGROUND_STRIDE = 7;

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
  private lookedAt: Float32Array | null = null;

  constructor(
    private readonly session: Session,
    private readonly post: (message: FromWorker) => void,
  ) {
    this.stream = new RandomStream(session.config.seed, "views");
  }

  /** Says what is looked at from now on; null ends it. */
  watch(wish: ViewWish | null): void {
    this.wish = wish;
    this.lastAttribution = this.lastMap = Number.NEGATIVE_INFINITY;
    this.lookedAt = null;
    try {
      this.readable = wish?.readable ? restoreReadable(wish.readable, this.session.environment.spec) : null;
    } catch (error) {
      this.readable = null;
      this.post({ type: "view-failed", message: messageOf(error) });
    }
  }

  /** Takes in what the stage played. */
  see(frames: StageFrames | null): void {
    if (!frames || frames.count === 0) return;
    const size = frames.observations.length / frames.count;
    for (let row = 0; row < frames.count; row++) {
      if (this.seen++ % BACKGROUND_STRIDE !== 0) continue;
      const state = frames.observations.slice(row * size, (row + 1) * size);
      if (this.background.length < BACKGROUND) this.background.push(state);
      else this.background[this.stream.integer(BACKGROUND)] = state;
    }
    this.newest = frames.observations.slice((frames.count - 1) * size);
  }

  /** Looks, when something is wished for and due. */
  async look(now: number): Promise<void> {
    const { wish, newest } = this;
    if (!wish || !newest) return;
    try {
      if (wish.attribution && now - this.lastAttribution >= ATTRIBUTION_MS) {
        this.lastAttribution = now;
        await this.attribute(newest);
      }
      if (wish.map && now - this.lastMap >= MAP_MS) {
        this.lastMap = now;
        await this.map(wish.map, newest);
      }
    } catch (error) {
      this.wish = null;
      this.post({ type: "view-failed", message: messageOf(error) });
    }
  }

  private async attribute(observation: Float32Array): Promise<void> {
    if (this.background.length < LEAST_BACKGROUND || observation === this.lookedAt) return;
    this.lookedAt = observation;
    const { policy, environment, step } = this.session;
    const teacher = new Teacher(policy, environment.spec, "attribution");
    const background = Float64Array.from(this.background.flatMap((row) => [...row]));
    const attribution = await attribute(teacher, observation, background, this.stream);
    this.post({ type: "attribution", step, observation: observation.slice(), attribution });
  }

  private async map(axes: NonNullable<ViewWish["map"]>, at: Float32Array): Promise<void> {
    const { policy, environment, step } = this.session;
    const request = { ...axes, at };
    const network = await decisionMap(policy, environment.spec, request);
    let readable: DecisionMap | null = null;
    if (this.readable) readable = await decisionMap(this.readable, environment.spec, request);
    this.post({ type: "map", step, network, readable });
  }
}

/** Lets a tree or a rule act. Throws {@link InputError} for one that does not fit the world. */
export function restoreReadable(policy: SerialisedPolicy, spec: EnvironmentSpec): Policy {
  return restorePolicy(policy, spec, () => {
    throw new TypeError("expected a tree or a rule, got a network");
  }).policy;
}
