import { initialParameters } from "../../compute/initialise.js";
import type {
  UnrolledFactory,
  UnrolledGroup,
  UnrolledNetwork,
  UnrolledSpec,
  ValueRows,
} from "../../compute/unrolled.js";
import type { RandomStream } from "../../core/random.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import { FeasibilityLayer } from "./feasible.js";
import { type GraphMove, graphMoves } from "./graph-moves.js";
import type { OrderPolicy } from "./order-policy.js";
import { sigmoid, softplus } from "./smooth.js";
import type { SupplyGraph } from "./supply-graph.js";

/** First bias of the last layer: wishes start well above zero, where scaling them has no steep gradients. */
const FIRST_WISH = 5;

/** The networks that all nodes, or all edges, share. Slots of the two updates are (slot, round). */
export interface GraphModules<Module = UnrolledNetwork> {
  /** Features of a node to its embedding [size]. */
  readonly node: Module;
  /** Both ends' embeddings and the lead time to the embedding of an edge [size]. */
  readonly edge: Module;
  /** A node and what comes in and goes out to what is added to the node. */
  readonly nodeUpdate: Module;
  /** An edge and both ends to what is added to the edge. */
  readonly edgeUpdate: Module;
  /** An edge to the softplus of units wished for. */
  readonly wish: Module;
}

/**
 * Sees what the edges pass on in one round, [numTraces × numEdges, size], and answers with what arrives: the same, or
 * other messages of that shape in memory of its own.
 */
export type MessageProbe = (round: number, messages: Float64Array, numTraces: number) => Float64Array;

/** Index of the first entry of a row. */
const at = ({ first, stride }: ValueRows, row: number): number => first + row * stride;

/**
 * A graph network over the supply graph: every edge gets an embedding out of its ends and their neighbours, and a wish
 * out of that; nodes scale their wishes to what they have. All nodes share their weights, and so do all edges: it can
 * order in networks of other sizes than the one it learned in. Edges to customers have a say in the messages, but what
 * becomes of them after the last round is not computed: nothing reads it.
 *
 * Rows of its modules are trace by trace, nodes or edges within. Source: `class GNN` of Alvo et al. 2023,
 * arXiv:2306.11246.
 */
export class GraphNetwork implements OrderPolicy {
  readonly learnables: readonly UnrolledNetwork[];
  private readonly modules: GraphModules;
  private readonly group: UnrolledGroup<GraphMove>;
  /** Embeddings of the slot at work, then their gradients: [numTraces × numNodes, size], [numTraces × numEdges, size]. */
  private readonly nodes: ValueRows;
  private readonly edges: ValueRows;
  /** What a probe put in the edges' place. */
  private readonly probed: ValueRows;
  /** [numWishes] of one trace. */
  private readonly wishes: Float64Array;
  private readonly wishGradients: Float64Array;
  private readonly feasibility: FeasibilityLayer;

  constructor(
    private readonly simulator: InventorySimulator,
    readonly graph: SupplyGraph,
    specs: GraphModules<UnrolledSpec>,
    create: UnrolledFactory,
    /** Numbers in an embedding, and so in a message. */
    readonly size: number,
    numTraces: number,
    private readonly unit: number,
  ) {
    const edgeRows = { numRows: numTraces * graph.numEdges, size };
    this.group = create({
      networks: [specs.node, specs.edge, specs.nodeUpdate, specs.edgeUpdate, specs.wish],
      blocks: [{ numRows: numTraces * graph.numNodes, size }, edgeRows, edgeRows],
      moves: graphMoves(graph, size),
    });
    const [node, edge, nodeUpdate, edgeUpdate, wish] = this.group.networks;
    this.learnables = this.group.networks;
    this.modules = { node, edge, nodeUpdate, edgeUpdate, wish };
    [this.nodes, this.edges, this.probed] = this.group.blocks;
    this.wishes = new Float64Array(graph.numWishes);
    this.wishGradients = new Float64Array(graph.numWishes);
    this.feasibility = new FeasibilityLayer(simulator, graph.shipping);
  }

  initialise(stream: RandomStream): void {
    for (const network of this.learnables) {
      const parameters = initialParameters(network.layout, stream);
      const last = network.layout.layers[network.layout.layers.length - 1];
      if (network === this.modules.wish) parameters[last.biases] = FIRST_WISH;
      network.setParameters(parameters);
    }
  }

  forward(
    slot: number,
    numTraces: number,
    pipelines: Float64Array,
    orders: Float64Array,
    probe: MessageProbe | null = null,
  ): void {
    const { graph, group, nodes, edges, size } = this;
    const { node, edge, nodeUpdate, edgeUpdate, wish } = this.modules;
    const { numNodes, numEdges, numWishes, numRounds } = graph;
    this.writeFeatures(slot, numTraces, pipelines);
    node.forward(slot, numTraces * numNodes);
    group.move("nodes", numTraces, size, node.outputs(slot), numNodes, nodes, numNodes);
    group.move("ends", numTraces, size, nodes, numNodes, edge.inputs(slot), numEdges);
    this.writeLeadTimes(slot, numTraces);
    edge.forward(slot, numTraces * numEdges);
    group.move("edges", numTraces, size, edge.outputs(slot), numEdges, edges, numEdges);
    for (let round = 0; round < numRounds; round++) {
      const updates = slot * numRounds + round;
      const isLast = round === numRounds - 1;
      const updated = isLast ? numWishes : numEdges;
      const said = probe ? this.probedEdges(probe, round, numTraces) : edges;
      const toNodes = nodeUpdate.inputs(updates);
      group.move("nodes", numTraces, size, nodes, numNodes, toNodes, numNodes);
      group.move("messages", numTraces, size, said, numEdges, toNodes, numNodes);
      nodeUpdate.forward(updates, numTraces * numNodes);
      group.move("addNodes", numTraces, size, nodeUpdate.outputs(updates), numNodes, nodes, numNodes);
      const toEdges = edgeUpdate.inputs(updates);
      group.move(isLast ? "wishes" : "edges", numTraces, size, edges, numEdges, toEdges, updated);
      group.move(isLast ? "endsOfWishes" : "endsBehind", numTraces, size, nodes, numNodes, toEdges, updated);
      edgeUpdate.forward(updates, numTraces * updated);
      const add = isLast ? "addWishes" : "addEdges";
      group.move(add, numTraces, size, edgeUpdate.outputs(updates), updated, edges, numEdges);
    }
    group.move("wishes", numTraces, size, edges, numEdges, wish.inputs(slot), numWishes);
    wish.forward(slot, numTraces * numWishes);
    this.fillOrders(slot, numTraces, pipelines, orders);
  }

  backward(
    slot: number,
    numTraces: number,
    pipelines: Float64Array,
    _orders: Float64Array,
    orderGradients: Float64Array,
    pipelineGradients: Float64Array,
  ): void {
    const { graph, group, nodes, edges, size } = this;
    const { node, edge, nodeUpdate, edgeUpdate, wish } = this.modules;
    const { numNodes, numEdges, numWishes, numRounds } = graph;
    this.pullBackOrders(slot, numTraces, pipelines, orderGradients, pipelineGradients);
    wish.backward(slot, numTraces * numWishes);
    // From here on `nodes` and `edges` hold gradients.
    this.clear(nodes, numTraces * numNodes);
    this.clear(edges, numTraces * numEdges);
    group.move("addWishes", numTraces, size, wish.inputGradients, numWishes, edges, numEdges);
    for (let round = numRounds - 1; round >= 0; round--) {
      const updates = slot * numRounds + round;
      const isLast = round === numRounds - 1;
      const updated = isLast ? numWishes : numEdges;
      const own = isLast ? "wishes" : "edges";
      group.move(own, numTraces, size, edges, numEdges, edgeUpdate.outputGradients, updated);
      edgeUpdate.backward(updates, numTraces * updated);
      const { inputGradients } = edgeUpdate;
      group.move(isLast ? "addWishes" : "addEdges", numTraces, size, inputGradients, updated, edges, numEdges);
      group.move(
        isLast ? "endsOfWishesBack" : "endsBehindBack",
        numTraces,
        size,
        inputGradients,
        updated,
        nodes,
        numNodes,
      );
      group.move("nodes", numTraces, size, nodes, numNodes, nodeUpdate.outputGradients, numNodes);
      nodeUpdate.backward(updates, numTraces * numNodes);
      group.move("addNodes", numTraces, size, nodeUpdate.inputGradients, numNodes, nodes, numNodes);
      group.move("messagesBack", numTraces, size, nodeUpdate.inputGradients, numNodes, edges, numEdges);
    }
    group.move("edges", numTraces, size, edges, numEdges, edge.outputGradients, numEdges);
    edge.backward(slot, numTraces * numEdges);
    group.move("endsBack", numTraces, size, edge.inputGradients, numEdges, nodes, numNodes);
    group.move("nodes", numTraces, size, nodes, numNodes, node.outputGradients, numNodes);
    node.backward(slot, numTraces * numNodes);
    this.addFeatures(numTraces, pipelineGradients);
  }

  private clear({ first, stride }: ValueRows, numRows: number): void {
    this.group.values.fill(0, first, first + numRows * stride);
  }

  /** What a probe makes of the edges' messages. */
  private probedEdges(probe: MessageProbe, round: number, numTraces: number): ValueRows {
    const { graph, size, edges, probed } = this;
    const { values } = this.group;
    const numRows = numTraces * graph.numEdges;
    const messages = new Float64Array(numRows * size);
    for (let i = 0; i < messages.length; i++) messages[i] = values[at(edges, Math.floor(i / size)) + (i % size)];
    const changed = probe(round, messages, numTraces);
    for (let i = 0; i < messages.length; i++) values[at(probed, Math.floor(i / size)) + (i % size)] = changed[i];
    return probed;
  }

  /** Pipeline and parameters of every node, both filled up with zeros to the longest. */
  private writeFeatures(slot: number, numTraces: number, pipelines: Float64Array): void {
    const { graph, simulator } = this;
    const { values } = this.modules.node;
    const rows = this.modules.node.inputs(slot);
    for (let trace = 0; trace < numTraces; trace++) {
      for (let node = 0; node < graph.numNodes; node++) {
        const to = at(rows, trace * graph.numNodes + node);
        const from = trace * simulator.width + simulator.offsets[node];
        const length = simulator.lengths[node];
        for (let i = 0; i < length; i++) values[to + i] = pipelines[from + i] / this.unit;
        const parameters = graph.parameters[node];
        for (let i = 0; i < parameters.length; i++) values[to + graph.maxPipeline + i] = parameters[i];
      }
    }
  }

  private addFeatures(numTraces: number, pipelineGradients: Float64Array): void {
    const { graph, simulator } = this;
    const { values, inputGradients } = this.modules.node;
    for (let trace = 0; trace < numTraces; trace++) {
      for (let node = 0; node < graph.numNodes; node++) {
        const from = at(inputGradients, trace * graph.numNodes + node);
        const to = trace * simulator.width + simulator.offsets[node];
        for (let i = 0; i < simulator.lengths[node]; i++) pipelineGradients[to + i] += values[from + i] / this.unit;
      }
    }
  }

  /** They stand behind both ends' embeddings. */
  private writeLeadTimes(slot: number, numTraces: number): void {
    const { graph, size } = this;
    const { edge } = this.modules;
    const rows = edge.inputs(slot);
    for (let row = 0; row < numTraces * graph.numEdges; row++) {
      edge.values[at(rows, row) + 2 * size] = graph.leadTimes[row % graph.numEdges];
    }
  }

  /** Wishes of one trace: what its edges would like to carry. */
  private fillWishes(slot: number, trace: number): void {
    const { wish } = this.modules;
    const { numWishes } = this.graph;
    const rows = wish.outputs(slot);
    for (let edge = 0; edge < numWishes; edge++) {
      this.wishes[edge] = softplus(wish.values[at(rows, trace * numWishes + edge)]);
    }
  }

  private fillOrders(slot: number, numTraces: number, pipelines: Float64Array, orders: Float64Array): void {
    const { graph, wishes } = this;
    for (let trace = 0; trace < numTraces; trace++) {
      this.fillWishes(slot, trace);
      this.feasibility.scale(wishes, pipelines, trace);
      const to = trace * graph.numOrders;
      for (let edge = 0; edge < graph.numOrders; edge++) orders[to + edge] = wishes[edge];
    }
  }

  /** Fills the output gradients of the wishes; adds what they do by way of stock on hand to the pipelines' gradients. */
  private pullBackOrders(
    slot: number,
    numTraces: number,
    pipelines: Float64Array,
    orderGradients: Float64Array,
    pipelineGradients: Float64Array,
  ): void {
    const { graph, wishes, wishGradients } = this;
    const { values, outputGradients } = this.modules.wish;
    const outputs = this.modules.wish.outputs(slot);
    for (let trace = 0; trace < numTraces; trace++) {
      this.fillWishes(slot, trace);
      for (let edge = 0; edge < graph.numWishes; edge++) {
        wishGradients[edge] = edge < graph.numOrders ? orderGradients[trace * graph.numOrders + edge] : 0;
      }
      this.feasibility.pullBack(wishGradients, wishes, pipelines, pipelineGradients, trace);
      for (let edge = 0; edge < graph.numWishes; edge++) {
        const row = trace * graph.numWishes + edge;
        values[at(outputGradients, row)] = sigmoid(values[at(outputs, row)]) * wishGradients[edge];
      }
    }
  }
}
