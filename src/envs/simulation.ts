import type { Dynamics, ParamsStruct, State } from "./dynamics.js";

/**
 * One copy of a world that an engine moves.
 *
 * Seen from outside it is like single-source dynamics: `reset` and `step` write the state. But the truth is with the
 * engine: the state is what it tells, and `step` goes on from where the engine is, whatever the reference holds.
 */
export interface Simulation extends Dynamics<ParamsStruct> {
  /** Takes the engine to a state: everything that the state tells, and nothing of what came before. */
  adopt(state: State, params: ParamsStruct): void;
}

/** The code of a simulated world, which comes with its engine when the world is first played. */
export class LazySimulation {
  private make: (() => Simulation) | null = null;

  constructor(private readonly loadMake: () => Promise<() => Simulation>) {}

  /** Loads the engine; a second call does nothing. */
  async load(): Promise<void> {
    this.make ??= await this.loadMake();
  }

  /** One copy. Throws `Error` before {@link load}. */
  create(): Simulation {
    if (!this.make) throw new Error("this world's engine is not loaded: await loadEnvironment(environment) first");
    return this.make();
  }
}
