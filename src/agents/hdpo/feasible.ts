import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";

/** Keeps a quotient finite where nothing is asked for. */
const TINY = 1e-10;

/**
 * What nodes wish to send becomes what they can: their wishes are scaled to what they have where that is less, or in
 * any case where they may keep nothing.
 *
 * Source: the feasibility layer of Alvo et al. 2023, arXiv:2306.11246.
 */
export class FeasibilityLayer {
  /** Whether a node may keep nothing [numNodes]. */
  private readonly shipsAll: readonly boolean[];

  constructor(
    private readonly simulator: InventorySimulator,
    /** Indices of the wishes that share what a node has, for each node that ships. */
    private readonly outgoing: readonly Int32Array[],
  ) {
    this.shipsAll = simulator.problem.nodes.map(({ holdsStock }) => !holdsStock);
  }

  /** Scales the wishes of one trace in place; its pipelines are row `trace` of `pipelines` [numTraces, width]. */
  scale(wishes: Float64Array, pipelines: Float64Array, trace: number): void {
    const { simulator, outgoing, shipsAll } = this;
    for (let node = 0; node < outgoing.length; node++) {
      const onHand = pipelines[trace * simulator.width + simulator.offsets[node]];
      const scale = scaleOf(sumOf(wishes, outgoing[node]), onHand, shipsAll[node]);
      for (const edge of outgoing[node]) wishes[edge] *= scale;
    }
  }

  /**
   * The way back: turns `gradients`, d(loss)/d(scaled), into d(loss)/d(wishes) in place, and adds d(loss)/d(stock on
   * hand) to the row of `pipelineGradients`. `wishes` are those before scaling.
   */
  pullBack(
    gradients: Float64Array,
    wishes: Float64Array,
    pipelines: Float64Array,
    pipelineGradients: Float64Array,
    trace: number,
  ): void {
    const { simulator, outgoing, shipsAll } = this;
    for (let node = 0; node < outgoing.length; node++) {
      const stock = trace * simulator.width + simulator.offsets[node];
      const edges = outgoing[node];
      const sum = sumOf(wishes, edges);
      const scale = scaleOf(sum, pipelines[stock], shipsAll[node]);
      if (scale === 1 && !shipsAll[node]) continue;
      let alongWishes = 0;
      for (const edge of edges) alongWishes += gradients[edge] * wishes[edge];
      const onHandGradient = alongWishes / (sum + TINY);
      for (const edge of edges) gradients[edge] = scale * (gradients[edge] - onHandGradient);
      pipelineGradients[stock] += onHandGradient;
    }
  }
}

function sumOf(wishes: Float64Array, edges: Int32Array): number {
  let sum = 0;
  for (const edge of edges) sum += wishes[edge];
  return sum;
}

function scaleOf(sum: number, onHand: number, shipsAll: boolean): number {
  const share = onHand / (sum + TINY);
  return shipsAll ? share : Math.min(1, share);
}
