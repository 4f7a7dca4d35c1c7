import { SUPPLIER } from "../../envs/inventory/problem.js";
import type { DemandRows, InventorySimulator } from "../../evaluate/inventory/simulator.js";

/**
 * The adjoint of one period of {@link InventorySimulator.step}: from d(loss)/d(next) to d(loss)/d(pipelines).
 *
 * `gradients` [numTraces, width] is replaced; `orderGradients` [numTraces, numEdges] is filled. What pipelines do by
 * way of the orders that a policy makes of them is not in it. The loss holds the cost of each trace times `weight`.
 * Where a cost has a kink (no stock left, exactly) its slope is 0.
 */
export function pullBackStep(
  simulator: InventorySimulator,
  numTraces: number,
  pipelines: Float64Array,
  orders: Float64Array,
  demand: DemandRows,
  weight: number,
  gradients: Float64Array,
  orderGradients: Float64Array,
): void {
  const { width, numEdges, numNodes, offsets, lengths, outflow } = simulator;
  const { edgeFrom, edgeCost, holdingCost, lost, profit, firstStore, pipelineWidth } = simulator;
  for (let trace = 0; trace < numTraces; trace++) {
    const row = trace * width;
    const firstOrder = trace * numEdges;
    simulator.fillOutflow(orders, demand, trace);
    for (let edge = 0; edge < numEdges; edge++) {
      const arrival = row + simulator.entryOf(edge, pipelines, row);
      orderGradients[firstOrder + edge] = gradients[arrival] + weight * edgeCost[edge];
    }
    for (let node = 0; node < numNodes; node++) {
      const from = row + offsets[node];
      const left = pipelines[from] - outflow[node];
      let leftGradient = lost && node >= firstStore && left < 0 ? 0 : gradients[from];
      let saleGradient = 0;
      if (left > 0) leftGradient += weight * holdingCost[node];
      else if (left < 0 && profit) saleGradient = -weight * simulator.underageOf(node, pipelines, row);
      else if (left < 0) leftGradient -= weight * simulator.underageOf(node, pipelines, row);
      for (let entry = from + lengths[node] - 1; entry > from; entry--) gradients[entry] = gradients[entry - 1];
      gradients[from] = leftGradient + saleGradient;
      // An outflow is subtracted from what is left, not from what can be sold.
      outflow[node] = leftGradient;
    }
    for (let edge = 0; edge < numEdges; edge++) {
      if (edgeFrom[edge] !== SUPPLIER) orderGradients[firstOrder + edge] -= outflow[edgeFrom[edge]];
    }
    // Nothing that is ordered changes the facts of a sample.
    gradients.fill(0, row + pipelineWidth, row + width);
  }
}
