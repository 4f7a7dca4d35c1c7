import { describe, expect, it, test } from "vitest";
import type { GraphNetwork } from "../../src/agents/hdpo/graph-network.js";
import { InventoryPolicy } from "../../src/agents/hdpo/inventory-policy.js";
import { createReferenceGroup } from "../../src/compute/reference-unrolled.js";
import { RandomStream } from "../../src/core/random.js";
import { loadWorld } from "../../src/envs/index.js";
import { pipelineStarts } from "../../src/envs/inventory/problem.js";
import { inventoryProblemOf } from "../../src/envs/inventory/variant.js";
import { explain } from "../../src/interpret/explain.js";
import { type MessagesExplanation, parseExplanation } from "../../src/interpret/explanation.js";
import { GraphMessages } from "../../src/interpret/messages.js";

const OPTIONS = { setting: "one-warehouse", numStores: 2, instance: "uniform" };
const SIZE = 3;

/** A graph network with float64 weights, drawn; a layer of each network and no more. */
function graphPolicy(options: Readonly<Record<string, string | number>> = OPTIONS) {
  const problem = inventoryProblemOf("inventory", options);
  const form = { policy: "gnn" as const, hidden: [SIZE], unit: 5 };
  const policy = new InventoryPolicy(problem, form, createReferenceGroup);
  policy.orderPolicy.initialise(new RandomStream(3, "weights"));
  // So large that messages matter.
  for (const learnable of policy.orderPolicy.learnables) {
    learnable.setParameters(Array.from(learnable.getParameters(), (weight) => 4 * weight));
  }
  return policy;
}

function statesFor({ observationSize }: InventoryPolicy, count: number): Float64Array {
  const stream = new RandomStream(4, "states");
  return Float64Array.from({ length: count * observationSize }, () => 15 * stream.uniform());
}

/** Node updates take the node itself, then what comes in, then what goes out: silences both kinds of message. */
function silenceMessages(policy: InventoryPolicy): void {
  const update = (policy.orderPolicy as GraphNetwork).learnables[2];
  const parameters = update.getParameters();
  const [first] = update.layout.layers;
  for (let output = 0; output < first.paddedOut; output++) {
    for (let input = SIZE; input < 3 * SIZE; input++) {
      parameters[first.weights + output * first.paddedIn + input] = 0;
    }
  }
  update.setParameters(parameters);
}

/** One of the shared networks on one row: ELU behind every layer, but for the last one of the wishes. */
function applied({ learnables }: GraphNetwork, module: number, input: readonly number[]): number[] {
  const { layout, getParameters } = learnables[module];
  const parameters = getParameters.call(learnables[module]);
  return layout.layers.reduce<number[]>(
    (row, { weights, biases, paddedIn, outSize }, layer) =>
      Array.from({ length: outSize }, (_, output) => {
        const sum = row.reduce((total, x, i) => total + parameters[weights + output * paddedIn + i] * x, 0);
        const x = sum + parameters[biases + output];
        return x > 0 || (module === 4 && layer === layout.layers.length - 1) ? x : Math.exp(x) - 1;
      }),
    [...input],
  );
}

/** The whole network in plain words, for one state; `arriving` is what its ends get of an edge's message. */
function ordersOf(
  policy: InventoryPolicy,
  state: ArrayLike<number>,
  arriving: (round: number, edge: number, message: number[]) => number[],
): number[] {
  const network = policy.orderPolicy as GraphNetwork;
  const { graph } = network;
  const { sources, targets, leadTimes, maxPipeline, numParameters } = graph;
  const nothing = new Array<number>(SIZE).fill(0);
  const starts = pipelineStarts(policy.problem);
  const filled = (numbers: ArrayLike<number>, length: number) => Array.from({ length }, (_, i) => numbers[i] ?? 0);
  const add = (a: readonly number[], b: readonly number[], scale = 1) => a.map((x, i) => x + scale * b[i]);
  let nodes = graph.parameters.map((parameters, node) => {
    const pipeline = Array.from(state).slice(starts[node], starts[node + 1]);
    const units = pipeline.map((x) => x / policy.form.unit);
    return applied(network, 0, [...filled(units, maxPipeline), ...filled(parameters, numParameters)]);
  });
  const ends = (edge: number) => [...(nodes[sources[edge]] ?? nothing), ...(nodes[targets[edge]] ?? nothing)];
  let edges = Array.from(sources, (_, edge) => applied(network, 1, [...ends(edge), leadTimes[edge]]));
  for (let round = 0; round < graph.numRounds; round++) {
    const messages = edges.map((embedding, edge) => arriving(round, edge, embedding));
    const sum = (which: Int32Array, node: number, scale: number) =>
      messages.reduce((total, message, edge) => (which[edge] === node ? add(total, message, scale) : total), nothing);
    nodes = nodes.map((node, i) => {
      const [incoming, outgoing] = [sum(targets, i, graph.incomingScale[i]), sum(sources, i, graph.outgoingScale[i])];
      return add(node, applied(network, 2, [...node, ...incoming, ...outgoing]));
    });
    edges = edges.map((edge, i) => add(edge, applied(network, 3, [...edge, ...ends(i)])));
  }
  const wishes = edges.map((edge) => Math.log1p(Math.exp(applied(network, 4, edge)[0])));
  graph.shipping.forEach((leaving, node) => {
    const scale = Math.min(1, state[starts[node]] / leaving.reduce((total, edge) => total + wishes[edge], 1e-10));
    for (const edge of leaving) wishes[edge] *= scale;
  });
  return wishes.slice(0, graph.numOrders);
}

/** Orders where the ends of one edge get the mean of its messages over some states. */
function recomputed(policy: InventoryPolicy, states: Float64Array, silent: number): number[] {
  const width = policy.observationSize;
  const said: number[][][] = [];
  for (let from = 0; from < states.length; from += width) {
    ordersOf(policy, states.subarray(from, from + width), (round, edge, message) => {
      said[round] ??= [];
      if (edge === silent) said[round].push(message);
      return message;
    });
  }
  const means = said.map((rows) => rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i] / rows.length, 0)));
  return ordersOf(policy, states.subarray(0, width), (round, edge, message) =>
    edge === silent ? means[round] : message,
  );
}

describe("messages of a graph network", () => {
  it("are of every edge of the supply graph: roads, customers, and what is kept", () => {
    const policy = graphPolicy();
    const messages = new GraphMessages(policy, statesFor(policy, 5));
    expect(messages.edgeNames).toEqual([
      "warehouse → store 1",
      "warehouse → store 2",
      "supplier → warehouse",
      "warehouse: kept",
      "store 1 → customers",
      "store 2 → customers",
    ]);
    expect(messages.numOrders).toBe(3);
  });

  it("change nothing in a state that says what it always says", () => {
    const policy = graphPolicy();
    const state = statesFor(policy, 1);
    const { changes, deviations, orders } = new GraphMessages(policy, state).effectsIn(state);
    const plain = new Float64Array(3);
    policy.fillOrders(state, 1, plain);
    expect(orders).toEqual([...plain]);
    expect(deviations).toEqual(Array(6).fill(0));
    for (const change of changes.flat()) expect(change).toBeCloseTo(0, 12);
  });

  it("pass nothing on where their weights are zero, however much they differ from their mean", () => {
    const policy = graphPolicy();
    const states = statesFor(policy, 20);
    const speaking = new GraphMessages(policy, states).effectsIn(states.subarray(0, policy.observationSize));
    expect(Math.max(...speaking.changes.flat().map(Math.abs))).toBeGreaterThan(0.01);
    silenceMessages(policy);
    const silent = new GraphMessages(policy, states).effectsIn(states.subarray(0, policy.observationSize));
    expect(silent.changes.flat()).toEqual(Array(18).fill(0));
    expect(Math.min(...silent.deviations.slice(0, 5))).toBeGreaterThan(0);
  });

  it("are exactly what a network computed anew without them lacks", () => {
    const policy = graphPolicy();
    const states = statesFor(policy, 7);
    const state = states.subarray(0, policy.observationSize);
    const messages = new GraphMessages(policy, states);
    const { changes, orders } = messages.effectsIn(state);
    for (let edge = 0; edge < messages.numEdges; edge++) {
      const without = new Float64Array(3);
      void messages.silenced([edge])(state, 1, without);
      expect(changes[edge]).toEqual(orders.map((order, i) => order - without[i]));
      const anew = recomputed(policy, states, edge);
      expect(Math.max(...changes[edge].map((change, i) => Math.abs(change - (orders[i] - anew[i]))))).toBeLessThan(
        1e-9,
      );
    }
  });

  it("of a policy that is no graph network are refused", () => {
    const policy = graphPolicy();
    const other = { act: () => undefined, serialise: () => policy.serialise() };
    expect(() => new GraphMessages(other, statesFor(policy, 1))).toThrow(
      "method: expected a graph network (agent hdpo with policy=gnn), got messages",
    );
  });
});

test("an explanation says what every edge moves and saves, and what all of them are worth", async () => {
  const policy = graphPolicy();
  const environment = await loadWorld("inventory", OPTIONS);
  const request = { environment, envOptions: OPTIONS, agent: "hdpo", step: 1, method: "messages" as const, seed: 1 };
  const options = { states: 20, silenceTraces: 4, testTraces: 8 };
  const found = (await explain({ ...request, policy, options })) as MessagesExplanation;
  expect(found).toMatchObject({ kind: "messages", policy: null, size: { terms: 6 }, numStates: 20 });
  expect(found.roads).toEqual(["warehouse → store 1", "warehouse → store 2", "supplier → warehouse"]);
  expect(found.returnMean).toBe(-found.silentCostMean);
  expect(found.teacher.returnMean).toBe(-found.costMean);
  for (const { moved } of found.edges) expect(Math.max(...moved)).toBeGreaterThan(0);
  expect(parseExplanation(JSON.stringify(found), "file")).toEqual(JSON.parse(JSON.stringify(found)));

  // Where nothing is passed on, nothing is moved, and the policy costs the same without.
  silenceMessages(policy);
  const silent = (await explain({ ...request, policy, options })) as MessagesExplanation;
  expect(silent.edges.map(({ moved, costWithout }) => [...moved, costWithout])).toEqual(Array(6).fill([0, 0, 0, 0]));
  expect(silent).toMatchObject({ fidelity: 1, fidelityOnOwnStates: 1, returnMean: silent.teacher.returnMean });
});
