import { type DemandTable, demandOver, lastIndex, meanOf } from "./demand-table.js";

/** One stage of a serial system, as its echelon is charged. */
export interface SerialStage {
  /** Per unit and period that the stage costs more than the one it is supplied by; may be negative. */
  readonly echelonHoldingCost: number;
  /** Periods of demand between an order and what it leads to, 1 or more. */
  readonly leadTime: number;
}

/** A serial system whose unmet demand waits. */
export interface SerialSystem {
  /** From the one that customers see up to the one that the supplier serves. */
  readonly stages: readonly SerialStage[];
  /** Per unit that waits at the end of a period. */
  readonly underageCost: number;
  /** Demand of one period. */
  readonly demand: DemandTable;
}

export interface SerialOptimum {
  /**
   * Echelon base-stock level of each stage in the order of the stages, in units: what it and all below it have and
   * expect. Infinite where a stage should take all there is.
   */
  readonly levels: readonly number[];
  /** Expected cost per period; what is on the way to a stage is charged as stock of the stage that sent it. */
  readonly cost: number;
}

/**
 * Echelon base-stock levels that are optimal in a serial system, and their cost, by the recursion
 *
 *   C_j(y) = E[ h_j (y − D_j) + C_{j−1}(min(S_{j−1}, y − D_j)) ],  S_j = argmin C_j,  C_0(x) = (p + Σ h) x⁻,
 *
 * with D_j the demand of `leadTime` periods of stage j. On the grid of the demand.
 * Source: Clark & Scarf 1960; in this form Chen & Zheng 1994.
 */
export function clarkScarf({ stages, underageCost, demand }: SerialSystem): SerialOptimum {
  const { step } = demand;
  const penalty = underageCost + stages.reduce((sum, stage) => sum + stage.echelonHoldingCost, 0);
  const periods = stages.reduce((sum, stage) => sum + stage.leadTime, 0);
  const size = lastIndex(demandOver(demand, periods)) + 2;
  // C_{j−1} under the best level below, at the grid's y ≥ 0; below 0 it is a straight line of slope `slope`.
  let below = new Float64Array(size);
  let slope = -penalty;
  let cost = 0;
  const levels: number[] = [];
  for (const { echelonHoldingCost, leadTime } of stages) {
    const over = demandOver(demand, leadTime);
    const mean = meanOf(over);
    const current = new Float64Array(size);
    for (let y = 0; y < size; y++) {
      let expected = 0;
      for (let i = 0; i < over.probabilities.length; i++) {
        const left = y - over.first - i;
        expected += over.probabilities[i] * (left >= 0 ? below[left] : below[0] + slope * step * left);
      }
      current[y] = echelonHoldingCost * (y * step - mean) + expected;
    }
    const best = current.reduce((least, value, y) => (value < current[least] ? y : least), 0);
    cost = current[best];
    levels.push(best === size - 1 ? Number.POSITIVE_INFINITY : best * step);
    slope += echelonHoldingCost;
    below = current.map((value, y) => (y > best ? cost : value));
  }
  return { levels, cost };
}
