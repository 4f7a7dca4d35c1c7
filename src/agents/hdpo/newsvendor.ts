import { initialParameters } from "../../compute/initialise.js";
import type { Learnable, UnrolledNetwork } from "../../compute/unrolled.js";
import type { RandomStream } from "../../core/random.js";
import { HISTORY } from "../../envs/inventory/sales.js";
import { DAY_UNIT, type Level, readLevel } from "../../evaluate/inventory/forecaster.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import type { OrderPolicy } from "./order-policy.js";
import type { LearnedShare } from "./scalars.js";
import { sigmoid } from "./smooth.js";

/**
 * A store orders up to a quantile of the demand that is forecast until the order has arrived, counting what it has and
 * expects: max(S(q) − position, 0).
 *
 * Which quantile: p / (p + h), as were demand to wait (`quantile-nv`); one that is learned for all (`fixed-quantile`); or
 * a learned function of p / (p + h) (`transformed-nv`). The forecaster is fitted beforehand and stays as it is.
 * Source: `quantile_nv`, `fixed_quantile` and `transformed_nv` of Alvo et al. 2023, arXiv:2306.11246.
 */
export class Newsvendor implements OrderPolicy {
  readonly learnables: readonly Learnable[];
  private readonly level: Level = { units: 0, slope: 0 };

  constructor(
    private readonly simulator: InventorySimulator,
    /** Of quantiles of demand: see `forecaster.ts`. */
    readonly forecaster: UnrolledNetwork,
    private readonly transform: LearnedShare | UnrolledNetwork | null,
    private readonly unit: number,
  ) {
    this.learnables = transform ? [transform, forecaster] : [forecaster];
  }

  /** The forecaster has its parameters from elsewhere; a scalar its own first value. */
  initialise(stream: RandomStream): void {
    if (this.transform && "layout" in this.transform) {
      this.transform.setParameters(initialParameters(this.transform.layout, stream));
    }
  }

  forward(slot: number, numTraces: number, pipelines: Float64Array, orders: Float64Array): void {
    const { simulator, forecaster, transform, unit, level } = this;
    const { width, pipelineWidth, facts } = simulator;
    const { first, stride } = forecaster.inputs(slot);
    for (let trace = 0; trace < numTraces; trace++) {
      const from = trace * width + pipelineWidth;
      const to = first + trace * stride;
      for (let i = 0; i < HISTORY; i++) forecaster.values[to + i] = pipelines[from + facts.past + i] / unit;
      forecaster.values[to + HISTORY] = pipelines[from + facts.days] / DAY_UNIT;
    }
    forecaster.forward(slot, numTraces);
    if (transform && "layout" in transform) {
      const rows = transform.inputs(slot);
      for (let trace = 0; trace < numTraces; trace++) {
        transform.values[rows.first + trace * rows.stride] = this.ratio(trace, pipelines);
      }
      transform.forward(slot, numTraces);
    }
    for (let trace = 0; trace < numTraces; trace++) {
      this.readLevel(slot, trace, pipelines);
      let position = 0;
      for (let entry = 0; entry < pipelineWidth; entry++) position += pipelines[trace * width + entry];
      orders[trace] = Math.max(level.units - position, 0);
    }
  }

  backward(
    slot: number,
    numTraces: number,
    pipelines: Float64Array,
    orders: Float64Array,
    orderGradients: Float64Array,
    pipelineGradients: Float64Array,
  ): void {
    const { simulator, transform, level } = this;
    const { width, pipelineWidth } = simulator;
    for (let trace = 0; trace < numTraces; trace++) {
      const gradient = orders[trace] > 0 ? orderGradients[trace] : 0;
      for (let entry = 0; entry < pipelineWidth; entry++) pipelineGradients[trace * width + entry] -= gradient;
      if (!transform) continue;
      this.readLevel(slot, trace, pipelines);
      if ("layout" in transform) {
        const quantile = this.quantile(slot, trace, pipelines);
        const to = transform.outputGradients.first + trace * transform.outputGradients.stride;
        transform.values[to] = gradient * level.slope * quantile * (1 - quantile);
      } else {
        transform.addGradient(0, gradient * level.slope);
      }
    }
    if (transform && "layout" in transform) transform.backward(slot, numTraces);
  }

  /** p / (p + h) of one trace. */
  private ratio(trace: number, pipelines: Float64Array): number {
    const { width, pipelineWidth, facts } = this.simulator;
    const from = trace * width + pipelineWidth;
    const price = pipelines[from + facts.underageCosts];
    return price / (price + pipelines[from + facts.holdingCosts]);
  }

  private quantile(slot: number, trace: number, pipelines: Float64Array): number {
    const { transform } = this;
    if (!transform) return this.ratio(trace, pipelines);
    if (!("layout" in transform)) return transform.values[0];
    const { first, stride } = transform.outputs(slot);
    return sigmoid(transform.values[first + trace * stride]);
  }

  /** Fills `level` for one trace. */
  private readLevel(slot: number, trace: number, pipelines: Float64Array): void {
    const { simulator, forecaster } = this;
    const { width, pipelineWidth, facts } = simulator;
    const { first, stride } = forecaster.outputs(slot);
    const leadTime = pipelines[trace * width + pipelineWidth + facts.leadTimes];
    const quantile = this.quantile(slot, trace, pipelines);
    readLevel(forecaster.values, first + trace * stride, leadTime, quantile, this.unit, this.level);
  }
}
