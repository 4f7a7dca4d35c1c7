import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { BaseStock } from "../../../src/agents/hdpo/base-stock.js";
import type { OrderPolicy } from "../../../src/agents/hdpo/order-policy.js";
import { Rollout } from "../../../src/agents/hdpo/rollout.js";
import type { Learnable } from "../../../src/compute/unrolled.js";
import { RandomStream } from "../../../src/core/random.js";
import type { InventoryProblem } from "../../../src/envs/inventory/problem.js";
import { InventorySimulator } from "../../../src/evaluate/inventory/simulator.js";
import { drawTraces } from "../../../src/evaluate/inventory/traces.js";
import { costAndGradients, problem } from "./kit.js";

const NUM_TRACES = 5;
const NUM_PERIODS = 9;

/** Orders |state · weights|, weights [width, numEdges]: gradients run through every pipeline into every order. */
class LinearOrders implements OrderPolicy {
  readonly learnables: readonly Learnable[] = [];
  readonly gradients: Float64Array;

  constructor(
    private readonly simulator: InventorySimulator,
    readonly weights: Float32Array,
  ) {
    this.gradients = new Float64Array(weights.length);
  }

  initialise(): void {}

  forward(_slot: number, numTraces: number, pipelines: Float64Array, orders: Float64Array): void {
    const { numEdges } = this.simulator;
    for (let i = 0; i < numTraces * numEdges; i++) orders[i] = Math.abs(this.sum(pipelines, i));
  }

  backward(
    _slot: number,
    numTraces: number,
    pipelines: Float64Array,
    _orders: Float64Array,
    orderGradients: Float64Array,
    pipelineGradients: Float64Array,
  ): void {
    const { width, numEdges } = this.simulator;
    for (let i = 0; i < numTraces * numEdges; i++) {
      const [trace, edge] = [Math.floor(i / numEdges), i % numEdges];
      const gradient = Math.sign(this.sum(pipelines, i)) * orderGradients[i];
      for (let entry = 0; entry < width; entry++) {
        this.gradients[entry * numEdges + edge] += gradient * pipelines[trace * width + entry];
        pipelineGradients[trace * width + entry] += gradient * this.weights[entry * numEdges + edge];
      }
    }
  }

  private sum(pipelines: Float64Array, i: number): number {
    const { width, numEdges } = this.simulator;
    const [trace, edge] = [Math.floor(i / numEdges), i % numEdges];
    let sum = 0;
    for (let entry = 0; entry < width; entry++) {
      sum += pipelines[trace * width + entry] * this.weights[entry * numEdges + edge];
    }
    return sum;
  }
}

/** The simulator in tensors, for tfjs to differentiate by itself: total cost of all traces as a function of weights. */
function tensorCost(simulator: InventorySimulator, starts: Float64Array, demands: Float32Array, weights: tf.Tensor2D) {
  const { width, numEdges, numNodes, numStores, firstStore, offsets, lengths, problem: network } = simulator;
  const matrix = (rows: number, columns: number, entry: (row: number, column: number) => number) =>
    tf.tensor2d(
      Float32Array.from({ length: rows * columns }, (_, i) => entry(Math.floor(i / columns), i % columns)),
      [rows, columns],
    );
  const onHand = matrix(width, numNodes, (entry, node) => (entry === offsets[node] ? 1 : 0));
  const toOnHand = matrix(numNodes, width, (node, entry) => (entry === offsets[node] ? 1 : 0));
  // What waits in entry j stands in entry j − 1 a period later.
  const shift = matrix(width, width, (from, to) => {
    const node = offsets.findLastIndex((offset) => offset <= to);
    return from === to + 1 && from < offsets[node] + lengths[node] ? 1 : 0;
  });
  const shipped = matrix(numEdges, numNodes, (edge, node) => (network.edges[edge].from === node ? 1 : 0));
  const arrivals = matrix(numEdges, width, (edge, entry) => (simulator.edgeEntry[edge] === entry ? 1 : 0));
  const isStore = tf.tensor1d(network.nodes.map(({ kind }) => (kind === "store" ? 1 : 0)));
  const holding = tf.tensor1d(network.nodes.map((node) => (node.holdsStock ? node.holdingCost : 0)));
  const underage = tf.tensor1d(network.nodes.map((node) => node.underageCost));
  const edgeCosts = tf.tensor1d(network.edges.map(({ cost }) => cost));

  let state: tf.Tensor2D = tf.tensor2d(Float32Array.from(starts), [NUM_TRACES, width]);
  let total: tf.Scalar = tf.scalar(0);
  for (let period = 0; period < NUM_PERIODS; period++) {
    const demand = matrix(NUM_TRACES, numNodes, (trace, node) =>
      node < firstStore ? 0 : demands[(trace * NUM_PERIODS + period) * numStores + node - firstStore],
    );
    const orders = tf.abs(tf.matMul(state, weights)) as tf.Tensor2D;
    const stock = tf.matMul(state, onHand);
    const left = tf.sub(tf.sub(stock, demand), tf.matMul(orders, shipped));
    const short = tf.relu(tf.neg(left));
    const missed = network.profit ? tf.neg(tf.minimum(stock, demand)) : short;
    const costs = tf.addN([tf.mul(holding, tf.relu(left)), tf.mul(underage, missed)]);
    total = tf.addN([total, tf.sum(costs), tf.sum(tf.mul(orders, edgeCosts))]) as tf.Scalar;
    // relu(x) = x + relu(−x): only stores lose what is not met.
    const kept = network.unmet === "lost" ? tf.add(left, tf.mul(isStore, short)) : left;
    const moved = tf.add(tf.matMul(state, shift), tf.matMul(kept as tf.Tensor2D, toOnHand));
    state = tf.add(moved, tf.matMul(orders, arrivals));
  }
  return total;
}

const lost = problem({ setting: "one-store-lost", leadTime: 2 });
const PROBLEMS: readonly (readonly [string, InventoryProblem])[] = [
  ["one store that loses sales", lost],
  ["one store that counts profit", { ...lost, profit: true }],
  ["one store that owes", problem({ setting: "one-store-backlogged", leadTime: 4 })],
  ["a serial system", problem({ setting: "serial" })],
  ["transshipment", problem({ setting: "transshipment", numStores: 3, leadTime: 2 })],
  ["two warehouses that pay for what they order", problem({ setting: "many-warehouses" })],
];

test.each(PROBLEMS)("the adjoint is what automatic differentiation of a tensor simulation gives: %s", (_, network) => {
  const simulator = new InventorySimulator(network);
  const { width, numEdges } = simulator;
  const stream = new RandomStream(2, "weights");
  const weights = Float32Array.from({ length: width * numEdges }, () => (0.9 / width) * stream.normal());
  const traces = drawTraces(simulator, new RandomStream(4, "traces", NUM_TRACES), 0, NUM_TRACES, NUM_PERIODS);
  for (let i = 0; i < traces.starts.length; i++) traces.starts[i] += 3 * stream.uniform();

  const policy = new LinearOrders(simulator, weights);
  const rollout = new Rollout(simulator, policy, NUM_PERIODS, NUM_TRACES);
  const cost = rollout.forward(
    traces,
    Uint32Array.from({ length: NUM_TRACES }, (_unused, trace) => trace),
  );
  rollout.backward(1);

  const tensor = tf.tensor2d(weights, [width, numEdges]);
  const differentiate = tf.valueAndGrad((w: tf.Tensor) =>
    tensorCost(simulator, traces.starts, traces.demands, w as tf.Tensor2D),
  );
  const { value, grad } = tf.tidy(() => differentiate(tensor));
  expect(Math.abs(cost / value.dataSync()[0] - 1)).toBeLessThan(1e-5);
  const expected = grad.dataSync();
  const largest = Math.max(...[...expected].map(Math.abs));
  expect(largest).toBeGreaterThan(1);
  policy.gradients.forEach((gradient, i) => {
    expect(Math.abs(gradient - expected[i])).toBeLessThan(1e-4 * largest);
  });
});

test("the slope of the cost in a base-stock level is that of finite differences on the same traces", () => {
  for (const setting of ["one-store-lost", "one-store-backlogged"]) {
    const simulator = new InventorySimulator(problem({ setting, leadTime: 3 }));
    const policy = new BaseStock(simulator, false);
    // softplus(24.7) = 24.7: far from whole units, where demand makes kinks.
    policy.learnables[0].setParameters([24.7]);
    const { cost, gradients } = costAndGradients(simulator, policy, { numTraces: 400, numPeriods: 50 });
    const at = (level: number) => {
      policy.learnables[0].setParameters([level]);
      return cost();
    };
    const slope = (at(24.701) - at(24.699)) / 0.002;
    expect(Math.abs(slope)).toBeGreaterThan(1);
    expect(Math.abs(gradients[0][0] / slope - 1)).toBeLessThan(1e-3);
  }
});
