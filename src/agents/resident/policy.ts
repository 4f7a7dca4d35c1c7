import type { Engine, EngineFactory } from "../../compute/engine.js";
import { loadEngine } from "../../compute/index.js";
import type { NetworkSpec } from "../../compute/network.js";
import type { RandomStream } from "../../core/random.js";
import type { ActionSpace } from "../../core/spaces.js";
import type { RunningStatistics } from "../normaliser.js";
import { type MlpHead, MlpPolicy } from "../policies/mlp.js";
import type { Policy, SerialisedPolicy } from "../policies/policy.js";

/** Rows the twin takes at a time. */
const ROWS = 256;

/** The fastest engine on the CPU. */
export async function loadCpuEngine(): Promise<EngineFactory> {
  for (const id of ["wasm-relaxed", "wasm-simd", "reference"] as const) {
    const create = await loadEngine(id);
    if (create) return create;
  }
  throw new RangeError("expected an engine on the CPU, got none");
}

/**
 * The policy of an agent that lives on the device: a twin of its network on the CPU, which fetches the parameters when
 * it acts for the first time after an update.
 *
 * A stage or an explanation asks for a row or a few at a time, for which a device is too far away. Rejects with
 * `DeviceLostError` when the device is lost before the parameters have arrived.
 */
export class TwinPolicy implements Policy {
  private readonly inner: MlpPolicy;
  private fetching: Promise<void> | null = null;

  private constructor(
    private readonly twin: Engine,
    action: ActionSpace,
    readonly head: MlpHead,
    normaliser: RunningStatistics | null,
    private readonly fetch: (twin: Engine) => Promise<void>,
  ) {
    this.inner = new MlpPolicy(twin, action, head, normaliser);
  }

  /** `fetch` brings parameters and the normaliser's statistics up to date. */
  static async create(
    network: NetworkSpec,
    action: ActionSpace,
    head: MlpHead,
    normaliser: RunningStatistics | null,
    fetch: (twin: Engine) => Promise<void>,
  ): Promise<TwinPolicy> {
    return new TwinPolicy((await loadCpuEngine())(network, ROWS), action, head, normaliser, fetch);
  }

  /** The parameters have changed: the next call fetches them. */
  forget(): void {
    this.fetching = null;
  }

  async act(
    observations: Float32Array,
    commands: Float32Array | null,
    actions: Float32Array,
    stream: RandomStream | null,
  ): Promise<void> {
    await this.current();
    await this.inner.act(observations, commands, actions, stream);
  }

  async actionScores(observations: Float32Array, scores: Float32Array): Promise<void> {
    await this.current();
    await this.inner.actionScores(observations, scores);
  }

  async serialise(): Promise<SerialisedPolicy> {
    await this.current();
    return this.inner.serialise();
  }

  dispose(): void {
    this.twin.dispose();
  }

  private current(): Promise<void> {
    this.fetching ??= this.fetch(this.twin);
    return this.fetching;
  }
}
