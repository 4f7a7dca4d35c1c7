import { GraphNetwork, type MessageProbe } from "../agents/hdpo/graph-network.js";
import { InventoryPolicy } from "../agents/hdpo/inventory-policy.js";
import { OUTSIDE } from "../agents/hdpo/supply-graph.js";
import type { Policy } from "../agents/policies/policy.js";
import { InputError } from "../core/errors.js";
import { roadName } from "../envs/inventory/problem.js";
import type { Orders } from "../evaluate/inventory/play-traces.js";

/** Traces that a network is asked about at a time. */
const ROWS = 256;

/** What the edges of a graph network pass on in one state, and what its orders make of that. Plain data. */
export interface MessageEffects {
  /** [numOrders], in units. */
  readonly orders: readonly number[];
  /** [numEdges], see {@link GraphMessages.effectsIn}. */
  readonly deviations: readonly number[];
  /** [numEdges][numOrders], in units. */
  readonly changes: readonly (readonly number[])[];
}

/**
 * What a graph network of an inventory world passes along its edges, measured by taking it away.
 *
 * The message of an edge in a round is its embedding as it enters the sums of the two nodes that it joins. Edges are
 * those of the supply graph: the roads, in the order of the orders, then what customers take from each store, then what
 * each warehouse keeps. Its mean is taken over states that the policy visits.
 */
export class GraphMessages {
  /** [numEdges]: `warehouse → store 1`, `store 1 → customers`, `warehouse: kept`. */
  readonly edgeNames: readonly string[];
  /** [numEdges] node that an edge leaves and node that it leads to; −1 for the supplier and for customers. */
  readonly ends: readonly (readonly [source: number, target: number])[];
  readonly numOrders: number;
  private readonly network: GraphNetwork;
  private readonly width: number;
  /** [numRounds, numEdges, size] mean messages over the visited states. */
  private readonly means: Float64Array;
  /** [numEdges] root of the mean square of a message's distance from its mean, over visited states. */
  private readonly spreads: Float64Array;

  /**
   * Takes the mean over `visited` pipelines [n, width]. Throws {@link InputError} for a policy that is no graph network
   * of an inventory world, `RangeError` for no states.
   */
  constructor(policy: Policy, visited: Float64Array, method = "messages") {
    const network = policy instanceof InventoryPolicy ? policy.orderPolicy : null;
    if (!(policy instanceof InventoryPolicy) || !(network instanceof GraphNetwork)) {
      throw new InputError("method", method, "a graph network (agent hdpo with policy=gnn)");
    }
    const { graph } = network;
    const { nodes, edges } = policy.problem;
    this.network = network;
    this.numOrders = graph.numOrders;
    this.width = policy.observationSize;
    this.ends = Array.from(graph.sources, (source, edge) => [source, graph.targets[edge]] as const);
    this.edgeNames = Array.from(graph.sources, (source, edge) => {
      if (edge < edges.length) return roadName(policy.problem, edges[edge]);
      return graph.targets[edge] === OUTSIDE ? `${nodes[source].name} → customers` : `${nodes[source].name}: kept`;
    });
    if (visited.length === 0) throw new RangeError("expected states that the policy visits, got none");
    const { means, spreads } = this.moments(visited);
    this.means = means;
    this.spreads = spreads;
  }

  get numEdges(): number {
    return this.edgeNames.length;
  }

  /**
   * What the edges pass on in the state `pipelines` [width].
   *
   * The deviation of an edge is the Euclidean distance of its messages, of all rounds together, from their means, over
   * the root of the mean square of that distance in visited states: 0 where it says what it always says, 1 where it is
   * as far from that as usual. A change is an order as it is, minus the order where the messages of this one edge are
   * replaced by their means in every round, all else recomputed: what the message adds to the order, in units.
   * Does not show: what several edges say only together, and what an edge tells its own order without passing it on.
   */
  effectsIn(pipelines: Float64Array): MessageEffects {
    const { numEdges, numOrders, width, network } = this;
    const { size } = network;
    const orders = new Float64Array(numOrders);
    const squares = new Float64Array(numEdges);
    network.forward(0, 1, pipelines, orders, (round, messages) => {
      const first = round * numEdges * size;
      for (let i = 0; i < numEdges * size; i++) {
        squares[Math.floor(i / size)] += (messages[i] - this.means[first + i]) ** 2;
      }
      return messages;
    });
    const changes: number[][] = [];
    for (let first = 0; first < numEdges; first += ROWS) {
      const count = Math.min(ROWS, numEdges - first);
      const rows = new Float64Array(count * width);
      for (let row = 0; row < count; row++) rows.set(pipelines, row * width);
      const without = new Float64Array(count * numOrders);
      // Row by row another edge says nothing.
      network.forward(
        0,
        count,
        rows,
        without,
        this.silencing((row) => [first + row]),
      );
      for (let row = 0; row < count; row++) {
        changes.push(Array.from(orders, (order, i) => order - without[row * numOrders + i]));
      }
    }
    const deviations = Array.from(squares, (square, edge) =>
      this.spreads[edge] > 0 ? Math.sqrt(square) / this.spreads[edge] : 0,
    );
    return { orders: [...orders], deviations, changes };
  }

  /** What the policy orders where the messages of these edges are always replaced by their means. */
  silenced(edges: readonly number[]): Orders {
    const probe = this.silencing(() => edges);
    return (pipelines, numTraces, orders) => {
      const { width, numOrders } = this;
      for (let first = 0; first < numTraces; first += ROWS) {
        const count = Math.min(ROWS, numTraces - first);
        const rows = pipelines.subarray(first * width, (first + count) * width);
        const out = orders.subarray(first * numOrders, (first + count) * numOrders);
        this.network.forward(0, count, rows, out, probe);
      }
    };
  }

  /** Puts the means in the place of what some edges of each trace say. */
  private silencing(edgesOf: (trace: number) => readonly number[]): MessageProbe {
    const { numEdges, means, network } = this;
    const { size } = network;
    return (round, messages, numTraces) => {
      const changed = messages.slice(0, numTraces * numEdges * size);
      for (let trace = 0; trace < numTraces; trace++) {
        for (const edge of edgesOf(trace)) {
          const from = (round * numEdges + edge) * size;
          changed.set(means.subarray(from, from + size), (trace * numEdges + edge) * size);
        }
      }
      return changed;
    };
  }

  private moments(visited: Float64Array): { readonly means: Float64Array; readonly spreads: Float64Array } {
    const { numEdges, numOrders, width, network } = this;
    const { size, graph } = network;
    const perRound = numEdges * size;
    const means = new Float64Array(graph.numRounds * perRound);
    const squares = new Float64Array(means.length);
    const numStates = visited.length / width;
    const orders = new Float64Array(ROWS * numOrders);
    for (let first = 0; first < numStates; first += ROWS) {
      const count = Math.min(ROWS, numStates - first);
      network.forward(0, count, visited.subarray(first * width, (first + count) * width), orders, (round, messages) => {
        for (let i = 0; i < count * perRound; i++) {
          const to = round * perRound + (i % perRound);
          means[to] += messages[i] / numStates;
          squares[to] += messages[i] ** 2 / numStates;
        }
        return messages;
      });
    }
    const variances = new Float64Array(numEdges);
    for (let i = 0; i < means.length; i++) {
      const variance = squares[i] - means[i] ** 2;
      // What is left of equal numbers is rounding.
      if (variance > 1e-12 * squares[i]) variances[Math.floor((i % perRound) / size)] += variance;
    }
    return { means, spreads: variances.map(Math.sqrt) };
  }
}
