import { initialParameters } from "../../compute/initialise.js";
import type { UnrolledNetwork, ValueRows } from "../../compute/unrolled.js";
import type { RandomStream } from "../../core/random.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
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

/** Index of the first entry of a row. */
const at = ({ first, stride }: ValueRows, row: number): number => first + row * stride;

/**
 * A graph network over the supply graph: every edge gets an embedding out of its ends and their neighbours, and a wish
 * out of that; nodes scale their wishes to what they have. All nodes share their weights, and so do all edges: it can
 * order in networks of other sizes than the one it learned in.
 *
 * Rows of its modules are trace by trace, nodes or edges within. Source: `class GNN` of Alvo et al. 2023,
 * arXiv:2306.11246.
 */
export class GraphNetwork implements OrderPolicy {
  readonly learnables: readonly UnrolledNetwork[];
  /** Numbers in an embedding, and so in a message. */
  readonly size: number;
  /** Embeddings of the slot at work, then their gradients: [numTraces × numNodes, size] and [numTraces × numEdges, size]. */
  private readonly nodes: Float64Array;
  private readonly edges: Float64Array;
  /** [numEdges] of one trace. */
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
    this.nodes = new Float64Array(node.maxRows * this.size);
    this.edges = new Float64Array(edge.maxRows * this.size);
    this.wishes = new Float64Array(graph.numEdges);
    this.wishGradients = new Float64Array(graph.numEdges);
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
    const { graph, modules, size } = this;
    const numNodes = numTraces * graph.numNodes;
    const numEdges = numTraces * graph.numEdges;
    this.writeFeatures(slot, numTraces, pipelines);
    modules.node.forward(slot, numNodes);
    this.readInto(this.nodes, modules.node, slot, numNodes, false);
    this.writeEnds(modules.edge, slot, numTraces, 0);
    modules.edge.forward(slot, numEdges);
    this.readInto(this.edges, modules.edge, slot, numEdges, false);
    for (let round = 0; round < graph.numRounds; round++) {
      const at = slot * graph.numRounds + round;
      this.writeMessages(at, numTraces, probe ? probe(round, this.edges, numTraces) : this.edges);
      modules.nodeUpdate.forward(at, numNodes);
      this.readInto(this.nodes, modules.nodeUpdate, at, numNodes, true);
      this.writeOwn(modules.edgeUpdate, at, this.edges, numEdges);
      this.writeEnds(modules.edgeUpdate, at, numTraces, size);
      modules.edgeUpdate.forward(at, numEdges);
      this.readInto(this.edges, modules.edgeUpdate, at, numEdges, true);
    }
    this.writeOwn(modules.wish, slot, this.edges, numEdges);
    modules.wish.forward(slot, numEdges);
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
    const numNodes = numTraces * graph.numNodes;
    const numEdges = numTraces * graph.numEdges;
    this.pullBackOrders(slot, numTraces, pipelines, orderGradients, pipelineGradients);
    modules.wish.backward(slot, numEdges);
    // From here on `nodes` and `edges` hold gradients.
    nodes.fill(0, 0, numNodes * size);
    edges.fill(0, 0, numEdges * size);
    this.addOwn(modules.wish, edges, numEdges);
    for (let round = graph.numRounds - 1; round >= 0; round--) {
      const at = slot * graph.numRounds + round;
      this.writeGradients(modules.edgeUpdate, edges, numEdges);
      modules.edgeUpdate.backward(at, numEdges);
      this.addOwn(modules.edgeUpdate, edges, numEdges);
      this.addEnds(modules.edgeUpdate, numTraces, size);
      this.writeGradients(modules.nodeUpdate, nodes, numNodes);
      modules.nodeUpdate.backward(at, numNodes);
      this.addOwn(modules.nodeUpdate, nodes, numNodes);
      this.addMessages(numTraces);
    }
    this.writeGradients(modules.edge, edges, numEdges);
    modules.edge.backward(slot, numEdges);
    this.addEnds(modules.edge, numTraces, 0);
    this.writeGradients(modules.node, nodes, numNodes);
    modules.node.backward(slot, numNodes);
    this.addFeatures(numTraces, pipelineGradients);
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

  /** The embeddings of both ends of every edge, from entry `offset` on; behind them, where there is room, its lead time. */
  private writeEnds(network: UnrolledNetwork, slot: number, numTraces: number, offset: number): void {
    const { graph, size, nodes } = this;
    const { values } = network;
    const rows = network.inputs(slot);
    const hasLeadTime = network === this.modules.edge;
    for (let trace = 0; trace < numTraces; trace++) {
      for (let edge = 0; edge < graph.numEdges; edge++) {
        const to = at(rows, trace * graph.numEdges + edge) + offset;
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

  private addEnds(network: UnrolledNetwork, numTraces: number, offset: number): void {
    const { graph, size, nodes } = this;
    const { values, inputGradients } = network;
    for (let trace = 0; trace < numTraces; trace++) {
      for (let edge = 0; edge < graph.numEdges; edge++) {
        const from = at(inputGradients, trace * graph.numEdges + edge) + offset;
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
    const { graph, size, nodes } = this;
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
    const { graph, size, edges } = this;
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

  /** Replaces embeddings by a network's outputs, or adds them. */
  private readInto(target: Float64Array, network: UnrolledNetwork, slot: number, numRows: number, add: boolean): void {
    const { size } = this;
    const { values } = network;
    const rows = network.outputs(slot);
    for (let row = 0; row < numRows; row++) {
      const from = at(rows, row);
      const to = row * size;
      for (let i = 0; i < size; i++) target[to + i] = add ? target[to + i] + values[from + i] : values[from + i];
    }
  }

  /** Makes embeddings the first entries of a network's inputs. */
  private writeOwn(network: UnrolledNetwork, slot: number, embeddings: Float64Array, numRows: number): void {
    const { size } = this;
    const { values } = network;
    const rows = network.inputs(slot);
    for (let row = 0; row < numRows; row++) {
      const to = at(rows, row);
      for (let i = 0; i < size; i++) values[to + i] = embeddings[row * size + i];
    }
  }

  private addOwn(network: UnrolledNetwork, gradients: Float64Array, numRows: number): void {
    const { size } = this;
    const { values, inputGradients } = network;
    for (let row = 0; row < numRows; row++) {
      const from = at(inputGradients, row);
      for (let i = 0; i < size; i++) gradients[row * size + i] += values[from + i];
    }
  }

  private writeGradients(network: UnrolledNetwork, gradients: Float64Array, numRows: number): void {
    const { size } = this;
    const { values, outputGradients } = network;
    for (let row = 0; row < numRows; row++) {
      const to = at(outputGradients, row);
      for (let i = 0; i < size; i++) values[to + i] = gradients[row * size + i];
    }
  }

  /** Wishes of one trace: what its edges would like to carry. Those of customers do not count. */
  private fillWishes(slot: number, trace: number): void {
    const { wish } = this.modules;
    const rows = wish.outputs(slot);
    const first = trace * this.graph.numEdges;
    for (let edge = 0; edge < this.graph.numEdges; edge++) {
      this.wishes[edge] = softplus(wish.values[at(rows, first + edge)]);
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
      for (let edge = 0; edge < graph.numEdges; edge++) {
        wishGradients[edge] = edge < graph.numOrders ? orderGradients[trace * graph.numOrders + edge] : 0;
      }
      this.feasibility.pullBack(wishGradients, wishes, pipelines, pipelineGradients, trace);
      for (let edge = 0; edge < graph.numEdges; edge++) {
        const row = trace * graph.numEdges + edge;
        values[at(outputGradients, row)] = sigmoid(values[at(outputs, row)]) * wishGradients[edge];
      }
    }
  }
}
