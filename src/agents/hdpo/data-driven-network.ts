import { initialParameters } from "../../compute/initialise.js";
import type { UnrolledNetwork } from "../../compute/unrolled.js";
import type { RandomStream } from "../../core/random.js";
import { HISTORY } from "../../envs/inventory/sales.js";
import { DAY_UNIT } from "../../evaluate/inventory/forecaster.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import { FeasibilityLayer } from "./feasible.js";
import type { OrderPolicy } from "./order-policy.js";
import { sigmoid, softplus } from "./smooth.js";

/** First biases of the last layer: orders begin well above 0. */
const FIRST_ORDER = 1;

/**
 * One network over all that is known where demand is recorded: pipelines, the last weeks' demand, prices, holding costs,
 * days from Christmas and lead times. The softplus of its outputs are the orders along all edges; nodes scale theirs to
 * what they have.
 *
 * Published with the positive part of the outputs: of three seeds one then ordered nothing after a few steps, and never
 * again, since nothing is learned there.
 *
 * Stock and demand, in and out, count in units of `unit`, days in half years; as published both in units of 1.
 * Source: `data_driven` of Alvo et al. 2023, arXiv:2306.11246.
 */
export class DataDrivenNetwork implements OrderPolicy {
  readonly learnables: readonly UnrolledNetwork[];
  /** [width] what an entry of a row is divided by. */
  private readonly units: Float64Array;
  private readonly feasibility: FeasibilityLayer;
  private readonly wishes: Float64Array;
  private readonly wishGradients: Float64Array;

  constructor(
    private readonly simulator: InventorySimulator,
    private readonly network: UnrolledNetwork,
    private readonly unit: number,
  ) {
    const { width, pipelineWidth, facts, numStores, numEdges, firstStore } = simulator;
    this.learnables = [network];
    this.units = new Float64Array(width).fill(1);
    this.units.fill(unit, 0, pipelineWidth + numStores * HISTORY);
    this.units[pipelineWidth + facts.days] = DAY_UNIT;
    const outgoing = Array.from({ length: firstStore }, (_, node) => simulator.edgesFrom(node));
    this.feasibility = new FeasibilityLayer(simulator, outgoing);
    this.wishes = new Float64Array(numEdges);
    this.wishGradients = new Float64Array(numEdges);
  }

  initialise(stream: RandomStream): void {
    const { layout } = this.network;
    const parameters = initialParameters(layout, stream);
    const last = layout.layers[layout.layers.length - 1];
    parameters.fill(FIRST_ORDER, last.biases, last.biases + last.outSize);
    this.network.setParameters(parameters);
  }

  forward(slot: number, numTraces: number, pipelines: Float64Array, orders: Float64Array): void {
    const { network, units, wishes, feasibility } = this;
    const { first, stride } = network.inputs(slot);
    for (let trace = 0; trace < numTraces; trace++) {
      const to = first + trace * stride;
      for (let i = 0; i < units.length; i++) network.values[to + i] = pipelines[trace * units.length + i] / units[i];
    }
    network.forward(slot, numTraces);
    for (let trace = 0; trace < numTraces; trace++) {
      this.fillWishes(slot, trace);
      feasibility.scale(wishes, pipelines, trace);
      for (let edge = 0; edge < wishes.length; edge++) orders[trace * wishes.length + edge] = wishes[edge];
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
    const { simulator, network, units, wishes, wishGradients, feasibility } = this;
    const { values, outputGradients, inputGradients } = network;
    for (let trace = 0; trace < numTraces; trace++) {
      this.fillWishes(slot, trace);
      for (let edge = 0; edge < wishes.length; edge++)
        wishGradients[edge] = orderGradients[trace * wishes.length + edge];
      feasibility.pullBack(wishGradients, wishes, pipelines, pipelineGradients, trace);
      const to = outputGradients.first + trace * outputGradients.stride;
      for (let edge = 0; edge < wishes.length; edge++) {
        values[to + edge] = this.unit * this.slope(slot, trace, edge) * wishGradients[edge];
      }
    }
    network.backward(slot, numTraces);
    for (let trace = 0; trace < numTraces; trace++) {
      const from = inputGradients.first + trace * inputGradients.stride;
      for (let i = 0; i < simulator.pipelineWidth; i++) {
        pipelineGradients[trace * units.length + i] += values[from + i] / units[i];
      }
    }
  }

  /** What one trace would like to order. */
  private fillWishes(slot: number, trace: number): void {
    const { network, wishes, unit } = this;
    const { first, stride } = network.outputs(slot);
    for (let edge = 0; edge < wishes.length; edge++) {
      wishes[edge] = unit * softplus(network.values[first + trace * stride + edge]);
    }
  }

  /** Of the softplus of an output. */
  private slope(slot: number, trace: number, edge: number): number {
    const { first, stride } = this.network.outputs(slot);
    return sigmoid(this.network.values[first + trace * stride + edge]);
  }
}
