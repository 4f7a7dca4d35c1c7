import { initialParameters } from "../../compute/initialise.js";
import type { NetworkSpec } from "../../compute/network.js";
import type { UnrolledNetwork } from "../../compute/unrolled.js";
import type { LongWork } from "../../core/long-work.js";
import { RandomStream } from "../../core/random.js";
import { HISTORY, PARTS } from "../../envs/inventory/sales.js";
import type { SalesTable } from "../../envs/inventory/sales-table.js";

/** Lead times that demand is forecast over, each with the period it ends in. */
const LEAD_TIMES = [4, 5, 6];
/** Quantiles of a forecast, from 1 to 19 twentieths. */
const NUM_QUANTILES = 19;
const STEP = 1 / (NUM_QUANTILES + 1);
/** Days that count as 1 in what networks see: half a year. */
export const DAY_UNIT = 183;

/**
 * Quantiles of what a store is asked for until an order arrives and in the week it does, from its last weeks and the days
 * from Christmas: a network of two layers.
 *
 * Source: the quantile forecaster of Alvo et al. 2023, arXiv:2306.11246, whose weights came with it; these are fitted
 * here, by {@link fitForecaster}.
 */
export const FORECASTER: NetworkSpec = {
  inputSize: HISTORY + 1,
  activation: "elu",
  initialisation: "uniform",
  inputGradients: true,
  trunk: [],
  heads: [
    {
      name: "quantiles",
      hidden: [128, 128],
      outputSize: LEAD_TIMES.length * NUM_QUANTILES,
      outputGain: 1,
      activated: false,
    },
  ],
};

/** A level of stock, and how fast it rises with the quantile it stands for. */
export interface Level {
  units: number;
  slope: number;
}

/**
 * Reads the level of a quantile in (0, 1) over a lead time from the outputs of a forecast, which begin at `from`, into
 * `level`: straight lines between the forecast quantiles and beyond the outermost. Quantiles below 0 count as 0.
 */
export function readLevel(
  outputs: ArrayLike<number>,
  from: number,
  leadTime: number,
  quantile: number,
  unit: number,
  level: Level,
): void {
  const first = from + LEAD_TIMES.indexOf(leadTime) * NUM_QUANTILES;
  const at = quantile / STEP - 1;
  const below = Math.max(0, Math.min(NUM_QUANTILES - 2, Math.floor(at)));
  const low = Math.max(0, outputs[first + below]);
  const high = Math.max(0, outputs[first + below + 1]);
  level.units = unit * (low + (at - below) * (high - low));
  level.slope = (unit * (high - low)) / STEP;
}

/** Rows, samples and weeks that are drawn anew for every step. */
const BATCH = 512;
const NUM_STEPS = 1500;
const LEARNING_RATE = 0.003;
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
/** Steps between two of the progress handed out. */
const SPELL = 10;

/**
 * Fits a forecaster to the training weeks of recorded sales: Adam on the pinball loss, at a rate that falls along half a
 * cosine. Hands out the share that is done, and in the end the mean loss of the last tenth, in units of stock.
 *
 * @param network made of {@link FORECASTER}, one slot of {@link FORECAST_ROWS} rows
 * @param unit units of stock that count as 1
 */
export function* fitForecaster(
  network: UnrolledNetwork,
  table: SalesTable,
  unit: number,
  seed: number,
): LongWork<number, number> {
  const { values } = network;
  network.setParameters(initialParameters(network.layout, new RandomStream(seed, "forecaster/initialise")));
  const stream = new RandomStream(seed, "forecaster/rows");
  const [inputs, outputs, gradients] = [network.inputs(0), network.outputs(0), network.outputGradients];
  const targets = new Float64Array(BATCH * LEAD_TIMES.length);
  const count = BATCH * LEAD_TIMES.length * NUM_QUANTILES;
  let loss = 0;
  for (let step = 0; step < NUM_STEPS; step++) {
    for (let row = 0; row < BATCH; row++)
      drawRow(table, stream, unit, values, inputs.first + row * inputs.stride, targets, row);
    network.zeroGradients();
    network.forward(0, BATCH);
    for (let row = 0; row < BATCH; row++) {
      for (let i = 0; i < LEAD_TIMES.length * NUM_QUANTILES; i++) {
        const above =
          targets[row * LEAD_TIMES.length + Math.floor(i / NUM_QUANTILES)] -
          values[outputs.first + row * outputs.stride + i];
        const quantile = ((i % NUM_QUANTILES) + 1) * STEP;
        const slope = above > 0 ? quantile : quantile - 1;
        if (step >= 0.9 * NUM_STEPS) loss += slope * above;
        values[gradients.first + row * gradients.stride + i] = -slope / count;
      }
    }
    network.backward(0, BATCH);
    const learningRate = LEARNING_RATE * 0.5 * (1 + Math.cos((Math.PI * step) / NUM_STEPS));
    network.adamStep({ learningRate, ...ADAM }, 1);
    if (step % SPELL === 0) yield step / NUM_STEPS;
  }
  return (unit * loss) / (0.1 * NUM_STEPS * count);
}

/** Rows that {@link fitForecaster} asks about at a time. */
export const FORECAST_ROWS = BATCH;

/** One week of one store, drawn: what it saw, into `values` from `to` on, and what it was asked for afterwards. */
function drawRow(
  { numSamples, numWeeks, demands, days }: SalesTable,
  stream: RandomStream,
  unit: number,
  values: Float32Array | Float64Array,
  to: number,
  targets: Float64Array,
  row: number,
): void {
  const numSeries = demands.length / numWeeks;
  const series = numSamples === 0 ? 0 : stream.integer(numSeries) * numWeeks;
  const longest = LEAD_TIMES[LEAD_TIMES.length - 1];
  const [from, end] = PARTS.train;
  const week = from + HISTORY + stream.integer(end - from - HISTORY - longest);
  for (let i = 0; i < HISTORY; i++) values[to + i] = demands[series + week - HISTORY + i] / unit;
  values[to + HISTORY] = days[week] / DAY_UNIT;
  let sum = 0;
  let horizon = 0;
  for (let i = 0; i <= longest; i++) {
    sum += demands[series + week + i] / unit;
    if (LEAD_TIMES[horizon] === i) targets[row * LEAD_TIMES.length + horizon++] = sum;
  }
}
