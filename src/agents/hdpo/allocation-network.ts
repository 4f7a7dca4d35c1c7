import { initialParameters } from "../../compute/initialise.js";
import type { UnrolledNetwork } from "../../compute/unrolled.js";
import type { RandomStream } from "../../core/random.js";
import { SUPPLIER } from "../../envs/inventory/problem.js";
import { orderLimits } from "../../envs/inventory/tables.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import type { OrderPolicy } from "./order-policy.js";
import { addToPipelines, writePipelines } from "./pipeline-rows.js";
import { sigmoid } from "./smooth.js";

/**
 * One network over all pipelines with an output for each edge: shares of what a node has on hand, and of the largest
 * order from the supplier.
 *
 * A node ships the softmax of the outputs of its edges, times its stock on hand; `keepLogit` is the constant logit of
 * what it keeps, null where it keeps nothing. With a single edge and 0 that is the sigmoid. Orders from the supplier
 * are the sigmoid of their output, times four periods of the mean demand behind the edge.
 * Source: `vanilla_serial` (0), `vanilla_warehouse` (1) and `vanilla_transshipment` (null) of Alvo et al. 2023,
 * arXiv:2306.11246.
 */
export class AllocationNetwork implements OrderPolicy {
  readonly learnables: readonly UnrolledNetwork[];
  private readonly limits: readonly number[];
  /** By node before the stores, its edges. */
  private readonly outgoing: readonly Int32Array[];
  private readonly supplied: Int32Array;
  private readonly shares: Float64Array;

  constructor(
    private readonly simulator: InventorySimulator,
    private readonly network: UnrolledNetwork,
    private readonly keepLogit: number | null,
    private readonly unit: number,
  ) {
    this.learnables = [network];
    this.limits = orderLimits(simulator.problem);
    this.outgoing = Array.from({ length: simulator.firstStore }, (_, node) => simulator.edgesFrom(node));
    this.supplied = simulator.edgesFrom(SUPPLIER);
    this.shares = new Float64Array(simulator.numEdges);
  }

  initialise(stream: RandomStream): void {
    this.network.setParameters(initialParameters(this.network.layout, stream));
  }

  forward(slot: number, numTraces: number, pipelines: Float64Array, orders: Float64Array): void {
    const { width, numEdges, offsets } = this.simulator;
    const { network, outgoing, supplied, limits, shares } = this;
    writePipelines(network, slot, numTraces, pipelines, this.unit);
    network.forward(slot, numTraces);
    const { first, stride } = network.outputs(slot);
    for (let trace = 0; trace < numTraces; trace++) {
      const logits = first + trace * stride;
      const to = trace * numEdges;
      for (let node = 0; node < outgoing.length; node++) {
        const onHand = pipelines[trace * width + offsets[node]];
        this.fillShares(node, logits);
        for (const edge of outgoing[node]) orders[to + edge] = shares[edge] * onHand;
      }
      for (const edge of supplied) orders[to + edge] = sigmoid(network.values[logits + edge]) * limits[edge];
    }
  }

  backward(
    slot: number,
    numTraces: number,
    pipelines: Float64Array,
    _orders: Float64Array,
    orderGradients: Float64Array,
    pipelineGradients: Float64Array,
  ): void {
    const { width, numEdges, offsets } = this.simulator;
    const { network, outgoing, supplied, limits, shares } = this;
    const { values, outputGradients } = network;
    const outputs = network.outputs(slot);
    for (let trace = 0; trace < numTraces; trace++) {
      const logits = outputs.first + trace * outputs.stride;
      const to = outputGradients.first + trace * outputGradients.stride;
      const from = trace * numEdges;
      for (let node = 0; node < outgoing.length; node++) {
        const stock = trace * width + offsets[node];
        this.fillShares(node, logits);
        let mean = 0;
        for (const edge of outgoing[node]) mean += shares[edge] * orderGradients[from + edge];
        for (const edge of outgoing[node]) {
          values[to + edge] = pipelines[stock] * shares[edge] * (orderGradients[from + edge] - mean);
        }
        pipelineGradients[stock] += mean;
      }
      for (const edge of supplied) {
        const share = sigmoid(values[logits + edge]);
        values[to + edge] = limits[edge] * share * (1 - share) * orderGradients[from + edge];
      }
    }
    network.backward(slot, numTraces);
    addToPipelines(network, numTraces, pipelineGradients, this.unit);
  }

  /** Shares of a node's edges, from the logits of a trace. */
  private fillShares(node: number, logits: number): void {
    const { shares, keepLogit } = this;
    const { values } = this.network;
    const edges = this.outgoing[node];
    let largest = keepLogit ?? Number.NEGATIVE_INFINITY;
    for (const edge of edges) largest = Math.max(largest, values[logits + edge]);
    let sum = keepLogit === null ? 0 : Math.exp(keepLogit - largest);
    for (const edge of edges) {
      shares[edge] = Math.exp(values[logits + edge] - largest);
      sum += shares[edge];
    }
    for (const edge of edges) shares[edge] /= sum;
  }
}
