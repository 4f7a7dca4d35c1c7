import { parseOptions } from "../core/options.js";
import { RandomStream } from "../core/random.js";
import { roadName } from "../envs/inventory/problem.js";
import { type CostReport, measureCost } from "../evaluate/inventory/measure-cost.js";
import type { Orders } from "../evaluate/inventory/play-traces.js";
import { InventorySimulator } from "../evaluate/inventory/simulator.js";
import type { ExplainRequest } from "./explain-request.js";
import { explainedNetwork } from "./explained-network.js";
import type { MessagesExplanation } from "./explanation.js";
import { GraphMessages } from "./messages.js";
import { MESSAGES_OPTIONS } from "./messages-options.js";
import { costScores } from "./orders-explanation.js";
import { FREE_PACE } from "./pace.js";

/** Traces and periods that states are drawn from, and periods before that do not count. */
const GATHER = { numTraces: 64, burnIn: 100, numPeriods: 200 };
const SILENCE = { burnIn: 100, numPeriods: 500 };

/**
 * What the graph network of an inventory world passes along its edges, and what that is worth: for every edge how far
 * its message moves each order, and what the policy costs without it; and as a whole, how the policy fares where no
 * edge says more than its mean, which fidelity and returns are of.
 *
 * See {@link GraphMessages.effectsIn} for what is measured. Throws `InputError` for any other policy or world.
 */
export async function explainMessages(request: ExplainRequest): Promise<MessagesExplanation> {
  const { policy, environment, envOptions, seed, agent, step, pace = FREE_PACE } = request;
  const options = parseOptions(MESSAGES_OPTIONS, request.options ?? {}, "messages");
  const begun = pace.now();
  const { spec } = environment;
  const problem = explainedNetwork("messages", spec, envOptions);
  const simulator = new InventorySimulator(problem);
  const breathe = () => pace.breathe();
  // With its messages as they are; a policy that has none is refused before anything is played.
  const asItIs = new GraphMessages(policy, new Float64Array(simulator.width)).silenced([]);
  const measure = (orders: Orders, rest: Omit<Parameters<typeof measureCost>[2], "seed" | "breathe">) =>
    measureCost(problem, orders, { seed: options.testSeed, breathe, ...rest });

  const visits = (orders: Orders) => visitedBy(orders, simulator, { seed, count: options.states, measure });
  const visited = await visits(asItIs);
  const messages = new GraphMessages(policy, visited);
  const { edgeNames, numEdges, numOrders } = messages;
  const numStates = visited.length / simulator.width;
  const moved = edgeNames.map(() => new Array<number>(numOrders).fill(0));
  for (let state = 0; state < numStates; state++) {
    const { changes } = messages.effectsIn(visited.subarray(state * simulator.width, (state + 1) * simulator.width));
    changes.forEach((row, edge) => {
      row.forEach((change, order) => {
        moved[edge][order] += Math.abs(change) / numStates;
      });
    });
    await breathe();
  }

  const silence = { numTraces: options.silenceTraces, ...SILENCE, streamName: "explain/select" };
  const { costMean: costWithAll } = await measure(asItIs, silence);
  const costs: number[] = [];
  for (let edge = 0; edge < numEdges; edge++) {
    costs.push((await measure(messages.silenced([edge]), silence)).costMean);
  }
  const silent = messages.silenced(edgeNames.map((_, edge) => edge));
  const test = { numTraces: options.testTraces, numPeriods: 1000 };
  const [teacherCost, studentCost]: CostReport[] = [await measure(asItIs, test), await measure(silent, test)];
  return {
    kind: "messages",
    method: "messages",
    env: spec.id,
    agent,
    step,
    options: { ...options },
    ...costScores(teacherCost, studentCost, options),
    fidelity: await agreementOf(asItIs, silent, visited, simulator),
    fidelityOnOwnStates: await agreementOf(asItIs, silent, await visits(silent), simulator),
    policy: null,
    size: { terms: numEdges },
    seconds: (pace.now() - begun) / 1000,
    candidates: [],
    roads: problem.edges.map((edge) => roadName(problem, edge)),
    edges: edgeNames.map((name, edge) => ({
      name,
      moved: moved[edge],
      costWithout: costs[edge] - costWithAll,
    })),
    numStates,
    costMean: teacherCost.costMean,
    silentCostMean: studentCost.costMean,
  };
}

interface Gathering {
  readonly seed: number;
  readonly count: number;
  measure(orders: Orders, settings: typeof GATHER & { readonly streamName: string }): Promise<unknown>;
}

/** States that a policy visits after its start, drawn evenly [count, width]. */
async function visitedBy(orders: Orders, { width }: InventorySimulator, { seed, count, measure }: Gathering) {
  const stream = new RandomStream(seed, "explain/states");
  const all = GATHER.numTraces * GATHER.numPeriods;
  const kept: number[] = [];
  let [period, seen] = [0, 0];
  const recorder: Orders = async (pipelines, numTraces, out) => {
    await orders(pipelines, numTraces, out);
    if (period++ < GATHER.burnIn) return;
    for (let trace = 0; trace < numTraces; trace++) {
      // As many as are still wanted, out of as many as are still to come.
      const wanted = count - kept.length / width;
      if (stream.uniform() < wanted / (all - seen++)) {
        for (let i = 0; i < width; i++) kept.push(pipelines[trace * width + i]);
      }
    }
  };
  await measure(recorder, { ...GATHER, streamName: "explain/gather" });
  return Float64Array.from(kept);
}

/** Share of the orders in these states that differ by half a unit at most. */
async function agreementOf(a: Orders, b: Orders, pipelines: Float64Array, { width, numEdges }: InventorySimulator) {
  const numStates = pipelines.length / width;
  const [ofA, ofB] = [new Float64Array(numStates * numEdges), new Float64Array(numStates * numEdges)];
  await a(pipelines, numStates, ofA);
  await b(pipelines, numStates, ofB);
  return ofA.filter((order, i) => Math.abs(order - ofB[i]) <= 0.5).length / ofA.length;
}
