import type { RowMove } from "../../compute/unrolled.js";
import { OUTSIDE, type SupplyGraph } from "./supply-graph.js";

/** Lists of moves between the rows of a graph network's modules. */
export type GraphMove =
  /** Embeddings as they are: they replace, or they are added. `wishes` are the first edges. */
  | "nodes"
  | "addNodes"
  | "edges"
  | "addEdges"
  | "wishes"
  | "addWishes"
  /** Edges to the rows of their nodes, behind the node: what comes in, then what goes out. And gradients back. */
  | "messages"
  | "messagesBack"
  /** Nodes to the rows of their edges: by themselves, or behind the edge. And gradients back. */
  | "ends"
  | "endsBack"
  | "endsBehind"
  | "endsBehindBack"
  | "endsOfWishes"
  | "endsOfWishesBack";

/** The moves of a graph network with embeddings of `size` numbers. What is no node has no moves: its numbers stay 0. */
export function graphMoves(graph: SupplyGraph, size: number): Readonly<Record<GraphMove, readonly RowMove[]>> {
  const { numNodes, numEdges, numWishes } = graph;
  const messages = messagesOf(graph, size);
  const ends = endsOf(graph, 0, size);
  const endsBehind = endsOf(graph, size, size);
  const endsOfWishes = endsBehind.filter(({ to }) => to < numWishes);
  return {
    nodes: inPlace(numNodes, false),
    addNodes: inPlace(numNodes, true),
    edges: inPlace(numEdges, false),
    addEdges: inPlace(numEdges, true),
    wishes: inPlace(numWishes, false),
    addWishes: inPlace(numWishes, true),
    messages,
    messagesBack: messages.map(backOf),
    ends,
    endsBack: ends.map(backOf),
    endsBehind,
    endsBehindBack: endsBehind.map(backOf),
    endsOfWishes,
    endsOfWishesBack: endsOfWishes.map(backOf),
  };
}

const inPlace = (count: number, add: boolean): RowMove[] =>
  Array.from({ length: count }, (_, row) => ({ from: row, to: row, add }));

/** Gradients go where numbers came from, as many times, and add up there. */
const backOf = ({ from, fromColumn, to, toColumn, scale }: RowMove): RowMove => ({
  from: to,
  fromColumn: toColumn,
  to: from,
  toColumn: fromColumn,
  scale,
  add: true,
});

/** To every node the sum of the edges that come in, and of those that go out, over the roots of their numbers. */
function messagesOf(graph: SupplyGraph, size: number): RowMove[] {
  const written = new Set<string>();
  const message = (edge: number, node: number, toColumn: number, scale: number): RowMove[] => {
    if (node === OUTSIDE) return [];
    const place = `${node} ${toColumn}`;
    const add = written.has(place);
    written.add(place);
    return [{ from: edge, to: node, toColumn, scale, add }];
  };
  return Array.from({ length: graph.numEdges }, (_, edge) => {
    const [source, target] = [graph.sources[edge], graph.targets[edge]];
    return [
      ...message(edge, target, size, graph.incomingScale[target]),
      ...message(edge, source, 2 * size, graph.outgoingScale[source]),
    ];
  }).flat();
}

/** To every edge, from column `first` on, the node that it leaves and the node that it leads to. */
function endsOf({ numEdges, sources, targets }: SupplyGraph, first: number, size: number): RowMove[] {
  const end = (node: number, edge: number, toColumn: number): RowMove[] =>
    node === OUTSIDE ? [] : [{ from: node, to: edge, toColumn }];
  return Array.from({ length: numEdges }, (_, edge) => [
    ...end(sources[edge], edge, first),
    ...end(targets[edge], edge, first + size),
  ]).flat();
}
