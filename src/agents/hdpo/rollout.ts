import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import type { Traces } from "../../evaluate/inventory/traces.js";
import { pullBackStep } from "./adjoint.js";
import type { OrderPolicy } from "./order-policy.js";

/**
 * A chunk of traces played from their first period to the last, and the way back through all periods.
 *
 * Everything is allocated once. The states of all periods are kept, and by the policy its activations: the fewer
 * traces in a chunk, the less memory, and the more of it in the caches of a core.
 */
export class Rollout {
  /** [numPeriods + 1][maxTraces, width] */
  private readonly pipelines: readonly Float64Array[];
  /** [numPeriods][maxTraces, numEdges] */
  private readonly orders: readonly Float64Array[];
  /** [maxTraces, numPeriods, numStores] */
  private readonly demands: Float32Array;
  private readonly gradients: Float64Array;
  private readonly orderGradients: Float64Array;
  private readonly traceCosts: Float64Array;
  private readonly costs: Float64Array;
  /** [numPeriods + 1] days from Christmas of the loaded traces, or null where demand is drawn. */
  private days: ArrayLike<number> | null = null;
  private numTraces = 0;

  constructor(
    private readonly simulator: InventorySimulator,
    private readonly policy: OrderPolicy,
    readonly numPeriods: number,
    readonly maxTraces: number,
  ) {
    const { width, numEdges, numNodes, numStores } = simulator;
    const rows = (size: number) => new Float64Array(maxTraces * size);
    this.pipelines = Array.from({ length: numPeriods + 1 }, () => rows(width));
    this.orders = Array.from({ length: numPeriods }, () => rows(numEdges));
    this.demands = new Float32Array(maxTraces * numPeriods * numStores);
    this.gradients = rows(width);
    this.orderGradients = rows(numEdges);
    this.traceCosts = rows(1);
    this.costs = new Float64Array(3 * numNodes);
  }

  /** Plays the traces that `indices` names; answers with their cost, summed over traces and periods. */
  forward(traces: Traces, indices: Uint32Array): number {
    const { simulator, policy, numPeriods, pipelines, orders, traceCosts } = this;
    this.load(traces, indices);
    traceCosts.fill(0);
    for (let period = 0; period < numPeriods; period++) {
      policy.forward(period, this.numTraces, pipelines[period], orders[period]);
      const demand = this.demandOf(period);
      const [now, next] = [pipelines[period], pipelines[period + 1]];
      simulator.step(this.numTraces, now, orders[period], demand, next, traceCosts, this.costs);
    }
    let cost = 0;
    for (let trace = 0; trace < this.numTraces; trace++) cost += traceCosts[trace];
    return cost;
  }

  /**
   * Adds to the policy's gradients those of `weight` times the cost of the last `forward`, that of the first `ignored`
   * periods left out. What was ordered in them counts by what comes later.
   */
  backward(weight: number, ignored = 0): void {
    const { simulator, policy, numTraces, pipelines, orders, gradients, orderGradients } = this;
    gradients.fill(0);
    for (let period = this.numPeriods - 1; period >= 0; period--) {
      const [now, ordered] = [pipelines[period], orders[period]];
      const share = period < ignored ? 0 : weight;
      pullBackStep(simulator, numTraces, now, ordered, this.demandOf(period), share, gradients, orderGradients);
      policy.backward(period, numTraces, now, ordered, orderGradients, gradients);
    }
  }

  private load({ numPeriods, demands, starts, days }: Traces, indices: Uint32Array): void {
    const { width, numStores } = this.simulator;
    const size = this.numPeriods * numStores;
    this.numTraces = indices.length;
    this.days = days;
    for (let row = 0; row < indices.length; row++) {
      const from = indices[row] * numPeriods * numStores;
      for (let i = 0; i < size; i++) this.demands[row * size + i] = demands[from + i];
      for (let i = 0; i < width; i++) this.pipelines[0][row * width + i] = starts[indices[row] * width + i];
    }
  }

  private demandOf(period: number) {
    const { numStores } = this.simulator;
    const rows = { values: this.demands, first: period * numStores, stride: this.numPeriods * numStores };
    return this.days ? { ...rows, nextDays: this.days[period + 1] } : rows;
  }
}
