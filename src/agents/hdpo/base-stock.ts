import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import type { OrderPolicy } from "./order-policy.js";
import { PositiveScalars } from "./scalars.js";

/**
 * A store orders up to a level S, counting what is on its way, at most r units at a time where there is a cap:
 * min(max(S − position, 0), r). S and r are learned.
 *
 * Where nothing is ordered, or the cap is reached, the gradient with respect to S is 0: hence the high start.
 * Source: `base_stock` and `capped_base_stock` of Alvo et al. 2023, arXiv:2306.11246.
 */
export class BaseStock implements OrderPolicy {
  readonly learnables: readonly [PositiveScalars];

  constructor(
    private readonly simulator: InventorySimulator,
    private readonly capped: boolean,
  ) {
    this.learnables = [new PositiveScalars(capped ? 2 : 1)];
  }

  /** Nothing is drawn: the levels have a first value of their own. */
  initialise(): void {}

  forward(_slot: number, numTraces: number, pipelines: Float64Array, orders: Float64Array): void {
    const { width } = this.simulator;
    const [level, cap] = this.learnables[0].values;
    for (let trace = 0; trace < numTraces; trace++) {
      let position = 0;
      for (let entry = trace * width; entry < (trace + 1) * width; entry++) position += pipelines[entry];
      const wanted = Math.max(level - position, 0);
      orders[trace] = this.capped ? Math.min(wanted, cap) : wanted;
    }
  }

  backward(
    _slot: number,
    numTraces: number,
    _pipelines: Float64Array,
    orders: Float64Array,
    orderGradients: Float64Array,
    pipelineGradients: Float64Array,
  ): void {
    const { width } = this.simulator;
    const [scalars] = this.learnables;
    const cap = this.capped ? scalars.values[1] : Number.POSITIVE_INFINITY;
    for (let trace = 0; trace < numTraces; trace++) {
      const gradient = orderGradients[trace];
      if (orders[trace] === 0) continue;
      if (orders[trace] === cap) {
        scalars.addGradient(1, gradient);
        continue;
      }
      scalars.addGradient(0, gradient);
      for (let entry = trace * width; entry < (trace + 1) * width; entry++) pipelineGradients[entry] -= gradient;
    }
  }
}
