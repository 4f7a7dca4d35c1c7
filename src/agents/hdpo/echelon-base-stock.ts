import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import type { OrderPolicy } from "./order-policy.js";
import { PositiveScalars } from "./scalars.js";

/**
 * In a chain every node orders up to a level of all that it and the nodes below it have and expect, as far as the node
 * above has stock: min(max(S − position, 0), on hand above).
 *
 * What is learned are the differences of the levels, from the store upward; all are positive.
 * Source: `echelon_stock` of Alvo et al. 2023, arXiv:2306.11246; Clark & Scarf 1960.
 */
export class EchelonBaseStock implements OrderPolicy {
  readonly learnables: readonly [PositiveScalars];
  /** [numNodes] the edge that supplies each node. */
  private readonly edges: Int32Array;

  constructor(private readonly simulator: InventorySimulator) {
    this.learnables = [new PositiveScalars(simulator.numNodes)];
    this.edges = new Int32Array(simulator.numNodes);
    for (let edge = 0; edge < simulator.numEdges; edge++) this.edges[simulator.edgeTo[edge]] = edge;
  }

  /** Nothing is drawn: the levels have a first value of their own. */
  initialise(): void {}

  forward(_slot: number, numTraces: number, pipelines: Float64Array, orders: Float64Array): void {
    const { width, numEdges, numNodes, offsets } = this.simulator;
    const { values } = this.learnables[0];
    for (let trace = 0; trace < numTraces; trace++) {
      const row = trace * width;
      // Positions and levels grow from the store upward.
      let [position, level, entry] = [0, 0, row + width];
      for (let node = numNodes - 1; node >= 0; node--) {
        while (entry > row + offsets[node]) position += pipelines[--entry];
        level += values[node];
        const above = node === 0 ? Number.POSITIVE_INFINITY : pipelines[row + offsets[node - 1]];
        orders[trace * numEdges + this.edges[node]] = Math.min(Math.max(level - position, 0), above);
      }
    }
  }

  backward(
    _slot: number,
    numTraces: number,
    pipelines: Float64Array,
    orders: Float64Array,
    orderGradients: Float64Array,
    pipelineGradients: Float64Array,
  ): void {
    const { width, numEdges, numNodes, offsets } = this.simulator;
    const [scalars] = this.learnables;
    for (let trace = 0; trace < numTraces; trace++) {
      const row = trace * width;
      // Of a node and all above it: what one more unit of its level is worth. It reaches every node below.
      let sum = 0;
      for (let node = 0; node < numNodes; node++) {
        const index = trace * numEdges + this.edges[node];
        const above = row + (node === 0 ? 0 : offsets[node - 1]);
        if (node > 0 && orders[index] === pipelines[above]) pipelineGradients[above] += orderGradients[index];
        else if (orders[index] > 0) sum += orderGradients[index];
        scalars.addGradient(node, sum);
        const end = row + (node + 1 < numNodes ? offsets[node + 1] : width);
        for (let entry = row + offsets[node]; entry < end; entry++) pipelineGradients[entry] -= sum;
      }
    }
  }
}
