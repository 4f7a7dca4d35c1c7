import { orderLimits } from "../../envs/inventory/tables.js";
import type { Actor } from "../evaluate.js";
import type { Orders } from "./play-traces.js";
import type { InventorySimulator } from "./simulator.js";

/**
 * What the world `inventory` makes of an actor's actions, units along every edge: bounded, whole where units are, and
 * scaled down in proportion where a node has less; a node that may hold no stock ships all it has.
 */
export function ordersOfActor(simulator: InventorySimulator, actor: Pick<Actor, "act">): Orders {
  const { width, numEdges } = simulator;
  const limits = orderLimits(simulator.problem);
  let observations = new Float32Array(0);
  let actions = new Float32Array(0);
  return (pipelines, numTraces, orders) => {
    if (observations.length !== numTraces * width) {
      observations = new Float32Array(numTraces * width);
      actions = new Float32Array(numTraces * numEdges);
    }
    observations.set(pipelines.length === observations.length ? pipelines : pipelines.subarray(0, observations.length));
    const send = () => {
      for (let i = 0; i < numTraces * numEdges; i++)
        orders[i] = Math.min(Math.max(actions[i], 0), limits[i % numEdges]);
      shipFeasibly(simulator, pipelines, numTraces, orders);
    };
    const pending = actor.act(observations, null, actions, null);
    return pending ? pending.then(send) : send();
  };
}

/** Scales the orders of every node that ships to what it has, as the dynamics of the world do. */
export function shipFeasibly(
  simulator: InventorySimulator,
  pipelines: Float64Array,
  numTraces: number,
  orders: Float64Array,
): void {
  const { width, numEdges, firstStore, offsets, problem } = simulator;
  const { wholeUnits, nodes } = problem;
  const outgoing = nodes.map((_, node) => simulator.edgesFrom(node));
  for (let trace = 0; trace < numTraces; trace++) {
    const first = trace * numEdges;
    if (wholeUnits) for (let edge = 0; edge < numEdges; edge++) orders[first + edge] = Math.round(orders[first + edge]);
    for (let node = 0; node < firstStore; node++) {
      const onHand = pipelines[trace * width + offsets[node]];
      let asked = 0;
      for (const edge of outgoing[node]) asked += orders[first + edge];
      const shipsAll = !nodes[node].holdsStock;
      const scale = asked > 0 && (shipsAll || asked > onHand) ? onHand / asked : 1;
      const even = shipsAll && asked === 0 ? onHand / outgoing[node].length : 0;
      for (const edge of outgoing[node]) {
        const units = scale * orders[first + edge] + even;
        orders[first + edge] = wholeUnits && !shipsAll ? Math.floor(units + 1e-4) : units;
      }
    }
  }
}
