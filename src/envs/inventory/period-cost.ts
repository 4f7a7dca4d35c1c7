import { firstStore, type InventoryProblem, LEAST_ORDER, numStores, pipelineStarts, sampleFacts } from "./problem.js";

/** What a period costs, by what it is paid for: the reward's terms, with holding cost apart by where the stock lies. */
export const PERIOD_COSTS = ["store-holding", "warehouse-holding", "underage", "procurement"] as const;

/** What one period of an inventory world costs, from its states before and after: tells who pays for what. */
export class PeriodCost {
  /** Whether a cost can arise in this network, by term. */
  readonly arises: readonly boolean[];
  private readonly first: number;
  private readonly starts: readonly number[];

  constructor(private readonly problem: InventoryProblem) {
    const { nodes, edges, orderCost = 0 } = problem;
    this.first = firstStore(problem);
    this.starts = pipelineStarts(problem);
    const holds = ({ holdsStock, holdingCost }: (typeof nodes)[number]) => holdsStock && holdingCost !== 0;
    this.arises = [
      true,
      nodes.slice(0, this.first).some(holds),
      true,
      edges.some(({ cost }) => cost + orderCost !== 0),
    ];
  }

  /**
   * Adds the costs per store [4], in the order of {@link PERIOD_COSTS}, to `costs`; they sum to minus the reward of the
   * step. States are the world's own; of a world of profit the third is minus what was sold.
   */
  addTo(costs: Float64Array, before: ArrayLike<number>, after: ArrayLike<number>): void {
    const { problem, first, starts } = this;
    const { nodes, edges, profit, orderCost = 0 } = problem;
    const count = numStores(problem);
    const shipped = starts[nodes.length];
    const asked = shipped + edges.length;
    const left = nodes.map((_, node) => before[starts[node]]);
    edges.forEach(({ from, cost }, edge) => {
      const units = after[shipped + edge];
      if (from >= 0) left[from] -= units;
      costs[3] += (cost * units + (units >= LEAST_ORDER ? orderCost : 0)) / count;
    });
    // A sample of recorded sales has prices of its own, among its facts.
    const prices = asked + 2 * count + sampleFacts(problem).underageCosts;
    nodes.forEach(({ holdingCost, holdsStock, underageCost: ownCost }, node) => {
      const store = node - first;
      if (store >= 0) {
        const underageCost = problem.sales ? before[prices + store] : ownCost;
        const sold = Math.min(left[node], after[asked + store]);
        left[node] -= after[asked + store];
        const missing = after[asked + count + store];
        costs[2] += (underageCost * (profit ? -sold : missing)) / count;
      }
      if (holdsStock) costs[store < 0 ? 1 : 0] += (holdingCost * Math.max(0, left[node])) / count;
    });
  }
}
