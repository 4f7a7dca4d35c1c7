import {
  firstStore,
  type InventoryProblem,
  LEAST_ORDER,
  numStores,
  pipelineLengths,
  type SampleFacts,
  SUPPLIER,
  sampleFacts,
  storeRoads,
} from "../../envs/inventory/problem.js";
import { HISTORY } from "../../envs/inventory/sales.js";

/** Cost terms of a node, in the order of {@link InventorySimulator.step}'s `costs`. */
export const COST_TERMS = ["holding", "underage", "procurement"] as const;

/** Where the demand of a chunk of traces in one period lies: of store k in trace r at `first + r · stride + k`. */
export interface DemandRows {
  readonly values: Float32Array;
  readonly first: number;
  readonly stride: number;
  /** Days from the nearest Christmas of the period after; only where demand is recorded. */
  readonly nextDays?: number;
}

/**
 * An inventory network as flat arrays, moved period by period for many traces at once.
 *
 * The state of a trace is a row of `width` numbers: the pipelines of all nodes one after another, each with its stock
 * on hand first; where demand is recorded, the facts of the trace's sample follow. Nothing is clipped: whoever orders sees to it that a node ships no more than it has.
 * Source: the simulator of Alvo et al. 2023, arXiv:2306.11246.
 */
export class InventorySimulator {
  /** Entries of a row. */
  readonly width: number;
  /** Those of its pipelines: its facts begin there. */
  readonly pipelineWidth: number;
  /** Where they lie, from {@link pipelineWidth} on; all 0 where demand is drawn. */
  readonly facts: SampleFacts;
  readonly numNodes: number;
  readonly numEdges: number;
  readonly numStores: number;
  readonly firstStore: number;
  /** [numNodes] where a node's pipeline begins in a row, and its length. */
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
  /** [numEdges] the node that ships ({@link SUPPLIER} for none), the one that receives, and the entry its orders go to. */
  readonly edgeFrom: Int32Array;
  readonly edgeTo: Int32Array;
  readonly edgeEntry: Int32Array;
  readonly edgeCost: Float64Array;
  /** What an order costs whatever its size. */
  readonly orderCost: number;
  /** [numNodes] cost per unit at the end of a period; a node that may not hold stock pays none. */
  readonly holdingCost: Float64Array;
  readonly underageCost: Float64Array;
  readonly lost: boolean;
  readonly profit: boolean;
  /** [numEdges] the entry of a row with the lead time of an edge; -1 where it is the same in all. */
  readonly leadTimeEntry: Int32Array;
  /** [numNodes] what {@link fillOutflow} found. */
  readonly outflow: Float64Array;

  constructor(readonly problem: InventoryProblem) {
    const { nodes, edges } = problem;
    this.lengths = Int32Array.from(pipelineLengths(problem));
    this.offsets = new Int32Array(nodes.length);
    for (let node = 1; node < nodes.length; node++) {
      this.offsets[node] = this.offsets[node - 1] + this.lengths[node - 1];
    }
    this.pipelineWidth = this.offsets[nodes.length - 1] + this.lengths[nodes.length - 1];
    this.facts = sampleFacts(problem);
    this.width = this.pipelineWidth + this.facts.size;
    this.numNodes = nodes.length;
    this.numEdges = edges.length;
    this.numStores = numStores(problem);
    this.firstStore = firstStore(problem);
    this.edgeFrom = Int32Array.from(edges, (edge) => edge.from);
    this.edgeTo = Int32Array.from(edges, (edge) => edge.to);
    this.edgeEntry = Int32Array.from(edges, (edge) => this.offsets[edge.to] + edge.leadTime - 1);
    this.orderCost = problem.orderCost ?? 0;
    this.edgeCost = Float64Array.from(edges, (edge) => edge.cost);
    this.holdingCost = Float64Array.from(nodes, (node) => (node.holdsStock ? node.holdingCost : 0));
    this.underageCost = Float64Array.from(nodes, (node) => node.underageCost);
    this.lost = problem.unmet === "lost";
    this.profit = problem.profit;
    this.leadTimeEntry = new Int32Array(edges.length).fill(-1);
    if (problem.sales?.drawnLeadTimes) {
      storeRoads(problem).forEach((edge, road) => {
        this.leadTimeEntry[edge] = this.pipelineWidth + this.facts.leadTimes + road;
      });
    }
    this.outflow = new Float64Array(nodes.length);
  }

  /**
   * One period: orders leave, demand comes, costs arise, and what is on its way comes closer.
   *
   * Fills `next` [numTraces, width] from `pipelines` [numTraces, width] and `orders` [numTraces, numEdges], which may
   * not share memory with it. Adds the cost of each trace to `traceCosts` [numTraces] and its parts, over all traces,
   * to `costs` [numNodes, 3] (holding, underage, procurement). In a problem of profit the underage part is minus what
   * was sold for.
   */
  step(
    numTraces: number,
    pipelines: Float64Array,
    orders: Float64Array,
    demand: DemandRows,
    next: Float64Array,
    traceCosts: Float64Array,
    costs: Float64Array,
  ): void {
    const { width, numEdges, numNodes, offsets, lengths, edgeTo, edgeCost, orderCost, outflow } = this;
    for (let trace = 0; trace < numTraces; trace++) {
      const row = trace * width;
      const firstOrder = trace * numEdges;
      this.fillOutflow(orders, demand, trace);
      let cost = 0;
      for (let node = 0; node < numNodes; node++) {
        const from = row + offsets[node];
        const left = pipelines[from] - outflow[node];
        const holding = left > 0 ? this.holdingCost[node] * left : 0;
        const underage = this.underageOf(node, pipelines, row) * this.missed(pipelines[from], left);
        costs[3 * node] += holding;
        costs[3 * node + 1] += underage;
        cost += holding + underage;
        const last = from + lengths[node] - 1;
        next[from] = this.lost && node >= this.firstStore && left < 0 ? 0 : left;
        if (last === from) continue;
        next[from] += pipelines[from + 1];
        for (let entry = from + 1; entry < last; entry++) next[entry] = pipelines[entry + 1];
        next[last] = 0;
      }
      for (let edge = 0; edge < numEdges; edge++) {
        const order = orders[firstOrder + edge];
        next[row + this.entryOf(edge, pipelines, row)] += order;
        const procurement = edgeCost[edge] * order + (order >= LEAST_ORDER ? orderCost : 0);
        costs[3 * edgeTo[edge] + 2] += procurement;
        cost += procurement;
      }
      traceCosts[trace] += cost;
      if (this.facts.size > 0) this.advanceFacts(trace, pipelines, demand, next);
    }
  }

  /** Entry of a row's pipelines that an order along an edge is added to, by the lead time in the row that begins at `row`. */
  entryOf(edge: number, pipelines: Float64Array, row: number): number {
    const entry = this.leadTimeEntry[edge];
    return entry < 0 ? this.edgeEntry[edge] : this.offsets[this.edgeTo[edge]] + pipelines[row + entry] - 1;
  }

  /** Cost of a unit not met at once, or price of one that is sold, by the row that begins at `row`. */
  underageOf(node: number, pipelines: Float64Array, row: number): number {
    const { facts, firstStore } = this;
    if (facts.size === 0 || node < firstStore) return this.underageCost[node];
    return pipelines[row + this.pipelineWidth + facts.underageCosts + node - firstStore];
  }

  /** The facts of one trace's sample a period later: what was asked for becomes the newest of the past. */
  private advanceFacts(trace: number, pipelines: Float64Array, demand: DemandRows, next: Float64Array): void {
    const { facts, numStores, width } = this;
    const first = trace * width + this.pipelineWidth;
    const end = (trace + 1) * width;
    for (let entry = first; entry < end; entry++) next[entry] = pipelines[entry];
    for (let store = 0; store < numStores; store++) {
      const oldest = first + facts.past + store * HISTORY;
      for (let i = 0; i < HISTORY - 1; i++) next[oldest + i] = pipelines[oldest + i + 1];
      next[oldest + HISTORY - 1] = demand.values[demand.first + trace * demand.stride + store];
    }
    next[first + facts.days] = demand.nextDays ?? 0;
  }

  /** Indices of the edges that leave a node, or {@link SUPPLIER}. */
  edgesFrom(node: number): Int32Array {
    return Int32Array.from([...this.edgeFrom.keys()].filter((edge) => this.edgeFrom[edge] === node));
  }

  /** What leaves each node of one trace: shipments, or demand. */
  fillOutflow(orders: Float64Array, demand: DemandRows, trace: number): void {
    const { outflow, edgeFrom, numEdges } = this;
    const firstOrder = trace * numEdges;
    outflow.fill(0, 0, this.firstStore);
    const firstDemand = demand.first + trace * demand.stride;
    for (let store = 0; store < this.numStores; store++) {
      outflow[this.firstStore + store] = demand.values[firstDemand + store];
    }
    for (let edge = 0; edge < numEdges; edge++) {
      if (edgeFrom[edge] !== SUPPLIER) outflow[edgeFrom[edge]] += orders[firstOrder + edge];
    }
  }

  /** Units that count by the underage cost: missing ones, or minus those sold. */
  private missed(onHand: number, left: number): number {
    if (this.profit) return left < 0 ? -onHand : left - onHand;
    return left < 0 ? -left : 0;
  }
}
