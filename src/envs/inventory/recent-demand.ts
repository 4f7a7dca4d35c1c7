import { type InventoryProblem, numStores, pipelineStarts, sampleFacts } from "./problem.js";
import { HISTORY } from "./sales.js";

/** Units below which a product that hardly sells is drawn as if it sold so many. */
const LEAST = 0.5;

/**
 * The problem with the mean demand that a state tells of: of recorded sales, whose samples differ in size, that of the
 * weeks before; else the problem itself. What is much and what is little is measured by it.
 */
export function withRecentDemand(problem: InventoryProblem, state: ArrayLike<number>): InventoryProblem {
  if (!problem.sales) return problem;
  const count = numStores(problem);
  const first = pipelineStarts(problem)[problem.nodes.length] + problem.edges.length + 2 * count;
  const mean = Array.from({ length: count }, (_, store) => {
    const from = first + sampleFacts(problem).past + store * HISTORY;
    let sum = 0;
    for (let i = 0; i < HISTORY; i++) sum += state[from + i];
    return Math.max(LEAST, sum / HISTORY);
  });
  return { ...problem, demand: { ...problem.demand, mean } };
}
