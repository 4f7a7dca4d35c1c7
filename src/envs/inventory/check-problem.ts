import { InputError, showValue } from "../../core/errors.js";
import { type InventoryEdge, type InventoryProblem, SUPPLIER } from "./problem.js";

/** Largest network that is played. */
export const MAX_NODES = 60;
export const MAX_LEAD_TIME = 50;

/**
 * Checks that a problem can be played: every number in its range, every store and warehouse supplied, no way in a
 * circle. Throws {@link InputError} on `field` that names the node or the road.
 */
export function checkProblem(problem: InventoryProblem, field = "network"): void {
  const { nodes, edges, demand } = problem;
  const refuse = (given: string, allowed: string): never => {
    throw new InputError(field, given, allowed);
  };
  const nameOf = (index: number) => (index === SUPPLIER ? "the supplier" : nodes[index].name);
  const stores = nodes.filter(({ kind }) => kind === "store");
  if (stores.length === 0) refuse("a network without one", "a network with at least one store");
  if (nodes.length > MAX_NODES) refuse(`${nodes.length} nodes`, `at most ${MAX_NODES} nodes`);
  if (demand.mean.length !== stores.length || demand.std.length !== stores.length) {
    refuse(
      `${demand.mean.length} means and ${demand.std.length} standard deviations for ${stores.length} stores`,
      "a mean and a standard deviation of demand for every store",
    );
  }
  for (const { name, kind, holdingCost, underageCost } of nodes) {
    if (!(holdingCost >= 0 && Number.isFinite(holdingCost))) {
      refuse(`${showValue(holdingCost)} at ${name}`, "a holding cost of 0 or more");
    }
    if (kind === "store" && !(underageCost > 0 && Number.isFinite(underageCost))) {
      refuse(`${showValue(underageCost)} at ${name}`, "an underage cost above 0 at every store");
    }
  }
  stores.forEach(({ name }, store) => {
    const [mean, std] = [demand.mean[store], demand.std[store]];
    if (!(mean > 0 && Number.isFinite(mean))) refuse(`${showValue(mean)} at ${name}`, "a mean demand above 0");
    if (!(std >= 0 && Number.isFinite(std)))
      refuse(`${showValue(std)} at ${name}`, "a standard deviation of 0 or more");
  });
  for (const { from, to, leadTime, cost } of edges) {
    const road = `from ${nameOf(from)} to ${nameOf(to)}`;
    if (!(Number.isInteger(leadTime) && leadTime >= 1 && leadTime <= MAX_LEAD_TIME)) {
      refuse(`${showValue(leadTime)} ${road}`, `a lead time of 1 to ${MAX_LEAD_TIME} whole periods`);
    }
    if (!(cost >= 0 && Number.isFinite(cost))) refuse(`${showValue(cost)} ${road}`, "a cost per unit of 0 or more");
    if (from !== SUPPLIER && nodes[from].kind === "store") refuse(`a road ${road}`, "roads that leave no store");
  }
  checkWays(problem, refuse);
}

/** Every node must be reached from the supplier and lead to a store, and no way may come back. */
function checkWays({ nodes, edges }: InventoryProblem, refuse: (given: string, allowed: string) => never): void {
  const leaving = (from: number): readonly InventoryEdge[] => edges.filter((edge) => edge.from === from);
  const done = new Set<number>();
  const walk = (node: number, way: readonly number[]): void => {
    if (way.includes(node)) {
      const circle = [...way.slice(way.indexOf(node)), node].map((index) => nodes[index].name);
      refuse(`the circle ${circle.join(" > ")}`, "a network without circles");
    }
    if (done.has(node)) return;
    for (const { to } of leaving(node)) walk(to, [...way, node]);
    done.add(node);
  };
  // From every node, so that a circle off the supplier's ways is found as well.
  nodes.forEach((_, node) => void walk(node, []));

  const reached = new Set<number>();
  const reach = (from: number): void => {
    for (const { to } of leaving(from)) {
      if (reached.has(to)) continue;
      reached.add(to);
      reach(to);
    }
  };
  reach(SUPPLIER);
  nodes.forEach(({ name, kind }, node) => {
    if (!reached.has(node))
      refuse(`${name}, which no road from the supplier reaches`, "a network that supplies every node");
    if (kind !== "store" && leaving(node).length === 0) {
      refuse(`${name}, which no road leaves`, "a network in which every warehouse supplies something");
    }
  });
}
