import type { EngineFactory } from "../compute/engine.js";
import type { NetworkSpec } from "../compute/network.js";

/**
 * Engines that now and then pause within an update.
 *
 * On the CPU an update of thousands of copies takes many seconds, and until its end the Worker could neither be heard
 * nor hear. After a forward pass `breathe` may answer with a promise; agents wait for those in any case, since a
 * graphics device answers with promises too. Nothing that is computed changes.
 */
export function breathing(create: EngineFactory, breathe: () => Promise<void> | undefined): EngineFactory {
  const breather = (network: NetworkSpec, maxBatch: number) => {
    const engine = create(network, maxBatch);
    const forward = engine.forward.bind(engine);
    engine.forward = (inputs, batch, outputs) => forward(inputs, batch, outputs) ?? breathe();
    return engine;
  };
  return create.unrolled ? Object.assign(breather, { unrolled: create.unrolled }) : breather;
}
