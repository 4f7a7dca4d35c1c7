import { initialParameters } from "../../compute/initialise.js";
import type { UnrolledNetwork } from "../../compute/unrolled.js";
import type { RandomStream } from "../../core/random.js";
import { SUPPLIER } from "../../envs/inventory/problem.js";
import { orderLimits } from "../../envs/inventory/tables.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import { FeasibilityLayer } from "./feasible.js";
import type { OrderPolicy } from "./order-policy.js";
import { addToPipelines, writePipelines } from "./pipeline-rows.js";
import { sigmoid, softplus } from "./smooth.js";

/** The networks that a symmetry-aware policy is made of. */
export interface SymmetryModules {
  /** All pipelines to the context [contextSize]; its sigmoid is what the others see. */
  readonly context: UnrolledNetwork;
  /** A store's pipeline, four numbers of it, the road's lead time and the context to the units wished for on a road. */
  readonly store: UnrolledNetwork;
  /** A warehouse's pipeline, its holding cost, the road's lead time and the context to a share of the largest order. */
  readonly warehouse: UnrolledNetwork;
}

/** Numbers beside pipeline and context: of a road to a store, and of one to a warehouse. */
export const STORE_FACTS = 5;
export const WAREHOUSE_FACTS = 2;

/** Roads that share a network: which, whose pipeline it sees, and what else. */
interface Roads {
  readonly network: UnrolledNetwork;
  readonly edges: Int32Array;
  readonly facts: readonly Float64Array[];
}

/**
 * All stores share one network, and all warehouses another; a context that is computed from all pipelines tells them
 * of the rest. Nodes scale what is wished for to what they have.
 *
 * Source: `symmetry_aware` of Alvo et al. 2023, arXiv:2306.11246v2. The original has one road to each store; where
 * there are more, each road asks the store's network with its own lead time.
 */
export class SymmetryNetwork implements OrderPolicy {
  readonly learnables: readonly UnrolledNetwork[];
  private readonly roads: readonly [Roads, Roads];
  private readonly limits: readonly number[];
  private readonly wishes: Float64Array;
  private readonly wishGradients: Float64Array;
  private readonly feasibility: FeasibilityLayer;

  constructor(
    private readonly simulator: InventorySimulator,
    private readonly modules: SymmetryModules,
    private readonly unit: number,
  ) {
    const { problem, firstStore, numEdges } = simulator;
    const { nodes, edges, demand } = problem;
    const all = Array.from(edges.keys());
    const storeFacts = (edge: number) => {
      const { to, leadTime } = edges[edge];
      const { underageCost, holdingCost } = nodes[to];
      const store = to - firstStore;
      return Float64Array.of(demand.mean[store], demand.std[store], underageCost, holdingCost, leadTime);
    };
    const roadsOf = (network: UnrolledNetwork, chosen: number[], facts: (edge: number) => Float64Array): Roads => {
      return { network, edges: Int32Array.from(chosen), facts: chosen.map(facts) };
    };
    this.roads = [
      roadsOf(
        modules.store,
        all.filter((edge) => edges[edge].from !== SUPPLIER),
        storeFacts,
      ),
      roadsOf(
        modules.warehouse,
        all.filter((edge) => edges[edge].from === SUPPLIER),
        (edge) => Float64Array.of(nodes[edges[edge].to].holdingCost, edges[edge].leadTime),
      ),
    ];
    this.learnables = [modules.context, modules.store, modules.warehouse];
    this.limits = orderLimits(problem);
    this.wishes = new Float64Array(numEdges);
    this.wishGradients = new Float64Array(numEdges);
    const outgoing = Array.from({ length: firstStore }, (_, node) => simulator.edgesFrom(node));
    this.feasibility = new FeasibilityLayer(simulator, outgoing);
  }

  initialise(stream: RandomStream): void {
    for (const network of this.learnables) network.setParameters(initialParameters(network.layout, stream));
  }

  forward(slot: number, numTraces: number, pipelines: Float64Array, orders: Float64Array): void {
    const { modules, wishes, feasibility } = this;
    writePipelines(modules.context, slot, numTraces, pipelines, this.unit);
    modules.context.forward(slot, numTraces);
    for (const roads of this.roads) {
      this.writeRoads(roads, slot, numTraces, pipelines);
      roads.network.forward(slot, numTraces * roads.edges.length);
    }
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
    const { modules } = this;
    this.pullBackOrders(slot, numTraces, pipelines, orderGradients, pipelineGradients);
    const { values, outputGradients } = modules.context;
    const size = modules.context.layout.outputSize;
    for (let trace = 0; trace < numTraces; trace++) {
      const to = outputGradients.first + trace * outputGradients.stride;
      values.fill(0, to, to + size);
    }
    for (const roads of this.roads) {
      roads.network.backward(slot, numTraces * roads.edges.length);
      this.addRoads(roads, numTraces, pipelineGradients);
    }
    const outputs = modules.context.outputs(slot);
    for (let trace = 0; trace < numTraces; trace++) {
      const from = outputs.first + trace * outputs.stride;
      const to = outputGradients.first + trace * outputGradients.stride;
      for (let i = 0; i < size; i++) {
        const share = sigmoid(values[from + i]);
        values[to + i] *= share * (1 - share);
      }
    }
    modules.context.backward(slot, numTraces);
    addToPipelines(modules.context, numTraces, pipelineGradients, this.unit);
  }

  /** One row for each trace and road: the pipeline of the node it leads to, facts of it, the context. */
  private writeRoads({ network, edges, facts }: Roads, slot: number, numTraces: number, pipelines: Float64Array): void {
    const { simulator, modules } = this;
    const { values } = network;
    const rows = network.inputs(slot);
    const context = modules.context.outputs(slot);
    const size = modules.context.layout.outputSize;
    const contextAt = network.layout.spec.inputSize - size;
    for (let trace = 0; trace < numTraces; trace++) {
      const first = rows.first + trace * edges.length * rows.stride;
      const from = context.first + trace * context.stride;
      for (let i = 0; i < size; i++) values[first + contextAt + i] = sigmoid(modules.context.values[from + i]);
      for (let road = 0; road < edges.length; road++) {
        const to = first + road * rows.stride;
        const node = simulator.edgeTo[edges[road]];
        const pipeline = trace * simulator.width + simulator.offsets[node];
        const own = facts[road];
        const ownAt = contextAt - own.length;
        for (let i = 0; i < simulator.lengths[node]; i++) values[to + i] = pipelines[pipeline + i] / this.unit;
        for (let i = 0; i < own.length; i++) values[to + ownAt + i] = own[i];
        for (let i = contextAt; road > 0 && i < contextAt + size; i++) values[to + i] = values[first + i];
      }
    }
  }

  /** Gradients of such rows: to the pipelines, and to the context's outputs, its sigmoid still left out. */
  private addRoads({ network, edges }: Roads, numTraces: number, pipelineGradients: Float64Array): void {
    const { simulator, modules } = this;
    const { values, inputGradients } = network;
    const context = modules.context.outputGradients;
    const size = modules.context.layout.outputSize;
    const contextAt = network.layout.spec.inputSize - size;
    for (let trace = 0; trace < numTraces; trace++) {
      const to = context.first + trace * context.stride;
      for (let road = 0; road < edges.length; road++) {
        const from = inputGradients.first + (trace * edges.length + road) * inputGradients.stride;
        const node = simulator.edgeTo[edges[road]];
        const pipeline = trace * simulator.width + simulator.offsets[node];
        for (let i = 0; i < simulator.lengths[node]; i++)
          pipelineGradients[pipeline + i] += values[from + i] / this.unit;
        for (let i = 0; i < size; i++) modules.context.values[to + i] += values[from + contextAt + i];
      }
    }
  }

  /** What the roads of one trace would like to carry. */
  private fillWishes(slot: number, trace: number): void {
    const [toStores, toWarehouses] = this.roads;
    for (let road = 0; road < toStores.edges.length; road++) {
      this.wishes[toStores.edges[road]] = softplus(outputOf(toStores, slot, trace, road));
    }
    for (let road = 0; road < toWarehouses.edges.length; road++) {
      const edge = toWarehouses.edges[road];
      this.wishes[edge] = this.limits[edge] * sigmoid(outputOf(toWarehouses, slot, trace, road));
    }
  }

  /** Fills the output gradients of both road networks, and adds what wishes do by way of stock on hand. */
  private pullBackOrders(
    slot: number,
    numTraces: number,
    pipelines: Float64Array,
    orderGradients: Float64Array,
    pipelineGradients: Float64Array,
  ): void {
    const { feasibility, wishes, wishGradients, limits } = this;
    const [toStores, toWarehouses] = this.roads;
    for (let trace = 0; trace < numTraces; trace++) {
      this.fillWishes(slot, trace);
      const first = trace * wishes.length;
      for (let edge = 0; edge < wishes.length; edge++) wishGradients[edge] = orderGradients[first + edge];
      feasibility.pullBack(wishGradients, wishes, pipelines, pipelineGradients, trace);
      for (let road = 0; road < toStores.edges.length; road++) {
        const slope = sigmoid(outputOf(toStores, slot, trace, road));
        setGradient(toStores, trace, road, slope * wishGradients[toStores.edges[road]]);
      }
      for (let road = 0; road < toWarehouses.edges.length; road++) {
        const edge = toWarehouses.edges[road];
        const share = sigmoid(outputOf(toWarehouses, slot, trace, road));
        setGradient(toWarehouses, trace, road, limits[edge] * share * (1 - share) * wishGradients[edge]);
      }
    }
  }
}

function outputOf({ network, edges }: Roads, slot: number, trace: number, road: number): number {
  const { first, stride } = network.outputs(slot);
  return network.values[first + (trace * edges.length + road) * stride];
}

function setGradient({ network, edges }: Roads, trace: number, road: number, gradient: number): void {
  const { first, stride } = network.outputGradients;
  network.values[first + (trace * edges.length + road) * stride] = gradient;
}
