import { initialParameters } from "../../compute/initialise.js";
import type { UnrolledNetwork } from "../../compute/unrolled.js";
import type { RandomStream } from "../../core/random.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import { at, Embeddings } from "./embeddings.js";
import { FeasibilityLayer } from "./feasible.js";
import type { OrderPolicy } from "./order-policy.js";
import { sigmoid, softplus } from "./smooth.js";
import { OUTSIDE, type SupplyGraph } from "./supply-graph.js";

/** First bias of the last layer: wishes start well above zero, where scaling them has no steep gradients. */
const FIRST_WISH = 5;

/** The networks that all nodes, or all edges, share. Slots of the two updates are (slot, round). */
export interface GraphModules {
  /** Features of a node to its embedding [size]. */
  readonly node: UnrolledNetwork;
  /** Both ends' embeddings and the lead time to the embedding of an edge [size]. */
  readonly edge: UnrolledNetwork;
  /** A node and what comes in and goes out to what is added to the node. */
  readonly nodeUpdate: UnrolledNetwork;
  /** An edge and both ends to what is added to the edge. */
  readonly edgeUpdate: UnrolledNetwork;
  /** An edge to the softplus of units wished for. */
  readonly wish: UnrolledNetwork;
}

/**
 * Sees what the edges pass on in one round, [numTraces × numEdges, size], and answers with what arrives: the same, or
 * other messages of that shape in memory of its own.
 */
export type MessageProbe = (round: number, messages: Float64Array, numTraces: number) => Float64Array;

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
  /** Numbers in an embedding, and so in a message. */
  readonly size: number;
  /** Embeddings of the slot at work, then their gradients. */
  private readonly nodes: Embeddings;
  private readonly edges: Embeddings;
  /** [numWishes] of one trace. */
  private readonly wishes: Float64Array;
  private readonly wishGradients: Float64Array;
  private readonly feasibility: FeasibilityLayer;

  constructor(
    private readonly simulator: InventorySimulator,
    readonly graph: SupplyGraph,
    private readonly modules: GraphModules,
    private readonly unit: number,
  ) {
    const { node, edge, nodeUpdate, edgeUpdate, wish } = modules;
    this.learnables = [node, edge, nodeUpdate, edgeUpdate, wish];
    this.size = node.layout.outputSize;
    this.nodes = new Embeddings(Math.floor(node.maxRows / graph.numNodes), graph.numNodes, this.size);
    this.edges = new Embeddings(Math.floor(edge.maxRows / graph.numEdges), graph.numEdges, this.size);
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
    const { graph, modules, nodes, edges, size } = this;
    const { node, edge, nodeUpdate, edgeUpdate, wish } = modules;
    const numNodes = numTraces * graph.numNodes;
    const numEdges = numTraces * graph.numEdges;
    this.writeFeatures(slot, numTraces, pipelines);
    node.forward(slot, numNodes);
    nodes.read(node, node.outputs(slot), numTraces);
    this.writeEnds(edge, slot, numTraces, graph.numEdges, 0);
    edge.forward(slot, numEdges);
    edges.read(edge, edge.outputs(slot), numTraces);
    for (let round = 0; round < graph.numRounds; round++) {
      const at = slot * graph.numRounds + round;
      const updated = this.updatedEdges(round);
      this.writeMessages(at, numTraces, probe ? probe(round, edges.values, numTraces) : edges.values);
      nodeUpdate.forward(at, numNodes);
      nodes.add(nodeUpdate, nodeUpdate.outputs(at), numTraces);
      edges.write(edgeUpdate, edgeUpdate.inputs(at), numTraces, updated);
      this.writeEnds(edgeUpdate, at, numTraces, updated, size);
      edgeUpdate.forward(at, numTraces * updated);
      edges.add(edgeUpdate, edgeUpdate.outputs(at), numTraces, updated);
    }
    edges.write(wish, wish.inputs(slot), numTraces, graph.numWishes);
    wish.forward(slot, numTraces * graph.numWishes);
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
    const { graph, modules, size, nodes, edges } = this;
    const { node, edge, nodeUpdate, edgeUpdate, wish } = modules;
    const numNodes = numTraces * graph.numNodes;
    const numEdges = numTraces * graph.numEdges;
    this.pullBackOrders(slot, numTraces, pipelines, orderGradients, pipelineGradients);
    wish.backward(slot, numTraces * graph.numWishes);
    // From here on `nodes` and `edges` hold gradients.
    nodes.clear(numTraces);
    edges.clear(numTraces);
    edges.add(wish, wish.inputGradients, numTraces, graph.numWishes);
    for (let round = graph.numRounds - 1; round >= 0; round--) {
      const at = slot * graph.numRounds + round;
      const updated = this.updatedEdges(round);
      edges.write(edgeUpdate, edgeUpdate.outputGradients, numTraces, updated);
      edgeUpdate.backward(at, numTraces * updated);
      edges.add(edgeUpdate, edgeUpdate.inputGradients, numTraces, updated);
      this.addEnds(edgeUpdate, numTraces, updated, size);
      nodes.write(nodeUpdate, nodeUpdate.outputGradients, numTraces);
      nodeUpdate.backward(at, numNodes);
      nodes.add(nodeUpdate, nodeUpdate.inputGradients, numTraces);
      this.addMessages(numTraces);
    }
    edges.write(edge, edge.outputGradients, numTraces);
    edge.backward(slot, numEdges);
    this.addEnds(edge, numTraces, graph.numEdges, 0);
    nodes.write(node, node.outputGradients, numTraces);
    node.backward(slot, numNodes);
    this.addFeatures(numTraces, pipelineGradients);
  }

  /** The first edges of a trace, whose embeddings a round brings up to date. */
  private updatedEdges(round: number): number {
    const { numRounds, numWishes, numEdges } = this.graph;
    return round === numRounds - 1 ? numWishes : numEdges;
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

  /** Both ends' embeddings of the first edges, from entry `offset` on; behind them, where there is room, the lead time. */
  private writeEnds(network: UnrolledNetwork, slot: number, numTraces: number, numEdges: number, offset: number): void {
    const { graph, size } = this;
    const nodes = this.nodes.values;
    const { values } = network;
    const rows = network.inputs(slot);
    const hasLeadTime = network === this.modules.edge;
    for (let trace = 0; trace < numTraces; trace++) {
      for (let edge = 0; edge < numEdges; edge++) {
        const to = at(rows, trace * numEdges + edge) + offset;
        const source = graph.sources[edge];
        const target = graph.targets[edge];
        // The row of what is no node was never written: it holds zeros.
        if (source !== OUTSIDE) {
          const from = (trace * graph.numNodes + source) * size;
          for (let i = 0; i < size; i++) values[to + i] = nodes[from + i];
        }
        if (target !== OUTSIDE) {
          const from = (trace * graph.numNodes + target) * size;
          for (let i = 0; i < size; i++) values[to + size + i] = nodes[from + i];
        }
        if (hasLeadTime) values[to + 2 * size] = graph.leadTimes[edge];
      }
    }
  }

  private addEnds(network: UnrolledNetwork, numTraces: number, numEdges: number, offset: number): void {
    const { graph, size } = this;
    const nodes = this.nodes.values;
    const { values, inputGradients } = network;
    for (let trace = 0; trace < numTraces; trace++) {
      for (let edge = 0; edge < numEdges; edge++) {
        const from = at(inputGradients, trace * numEdges + edge) + offset;
        const source = graph.sources[edge];
        const target = graph.targets[edge];
        if (source !== OUTSIDE) {
          const to = (trace * graph.numNodes + source) * size;
          for (let i = 0; i < size; i++) nodes[to + i] += values[from + i];
        }
        if (target !== OUTSIDE) {
          const to = (trace * graph.numNodes + target) * size;
          for (let i = 0; i < size; i++) nodes[to + i] += values[from + size + i];
        }
      }
    }
  }

  /** Every node, the sum of the edges that come in, and of those that go out, over the roots of their numbers. */
  private writeMessages(slot: number, numTraces: number, edges: Float64Array): void {
    const { graph, size } = this;
    const nodes = this.nodes.values;
    const { values } = this.modules.nodeUpdate;
    const rows = this.modules.nodeUpdate.inputs(slot);
    for (let trace = 0; trace < numTraces; trace++) {
      for (let node = 0; node < graph.numNodes; node++) {
        const row = trace * graph.numNodes + node;
        const to = at(rows, row);
        for (let i = 0; i < size; i++) values[to + i] = nodes[row * size + i];
        values.fill(0, to + size, to + 3 * size);
      }
      for (let edge = 0; edge < graph.numEdges; edge++) {
        const from = (trace * graph.numEdges + edge) * size;
        const source = graph.sources[edge];
        const target = graph.targets[edge];
        if (target !== OUTSIDE) {
          const to = at(rows, trace * graph.numNodes + target) + size;
          const scale = graph.incomingScale[target];
          for (let i = 0; i < size; i++) values[to + i] += scale * edges[from + i];
        }
        if (source !== OUTSIDE) {
          const to = at(rows, trace * graph.numNodes + source) + 2 * size;
          const scale = graph.outgoingScale[source];
          for (let i = 0; i < size; i++) values[to + i] += scale * edges[from + i];
        }
      }
    }
  }

  private addMessages(numTraces: number): void {
    const { graph, size } = this;
    const edges = this.edges.values;
    const { values, inputGradients } = this.modules.nodeUpdate;
    for (let trace = 0; trace < numTraces; trace++) {
      for (let edge = 0; edge < graph.numEdges; edge++) {
        const to = (trace * graph.numEdges + edge) * size;
        const source = graph.sources[edge];
        const target = graph.targets[edge];
        if (target !== OUTSIDE) {
          const from = at(inputGradients, trace * graph.numNodes + target) + size;
          const scale = graph.incomingScale[target];
          for (let i = 0; i < size; i++) edges[to + i] += scale * values[from + i];
        }
        if (source !== OUTSIDE) {
          const from = at(inputGradients, trace * graph.numNodes + source) + 2 * size;
          const scale = graph.outgoingScale[source];
          for (let i = 0; i < size; i++) edges[to + i] += scale * values[from + i];
        }
      }
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
