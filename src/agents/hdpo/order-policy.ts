import type { Learnable, UnrolledNetwork } from "../../compute/unrolled.js";
import type { RandomStream } from "../../core/random.js";

/**
 * A deterministic policy of an inventory network that gradients pass through.
 *
 * Arrays are row-major: pipelines [numTraces, width], with the facts of samples where demand is recorded, and orders [numTraces, numEdges] as the simulator has them. What
 * `backward` needs of a `forward` is kept in its slot (a period), of which there are as many as it was made for.
 */
export interface OrderPolicy {
  /** All that learns; the order is that of its parameters in a serialised policy. */
  readonly learnables: readonly Learnable[];
  /** One of them that is fitted to quantiles of demand before anything else, and then left alone; absent in most. */
  readonly forecaster?: UnrolledNetwork;
  /** Draws the first parameters but the forecaster's; levels of rules have a first value of their own. */
  initialise(stream: RandomStream): void;
  /** Fills `orders`. */
  forward(slot: number, numTraces: number, pipelines: Float64Array, orders: Float64Array): void;
  /**
   * Adds to the gradients of its parameters, and to `pipelineGradients`, from d(loss)/d(orders), which it may change;
   * pipelines and orders are those of the slot's `forward`.
   */
  backward(
    slot: number,
    numTraces: number,
    pipelines: Float64Array,
    orders: Float64Array,
    orderGradients: Float64Array,
    pipelineGradients: Float64Array,
  ): void;
}
