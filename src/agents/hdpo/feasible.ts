/** Keeps a quotient finite where nothing is asked for. */
const TINY = 1e-10;

/**
 * Scales what a node wishes to send, `wishes` at `edges`, in place: to what it has where that is less, or in any case
 * where it may keep nothing (`shipsAll`).
 *
 * Source: the feasibility layer of Alvo et al. 2023, arXiv:2306.11246.
 */
export function scaleWishes(wishes: Float64Array, edges: Int32Array, onHand: number, shipsAll: boolean): void {
  const scale = scaleOf(sumOf(wishes, edges), onHand, shipsAll);
  for (const edge of edges) wishes[edge] *= scale;
}

/**
 * The way back: turns `gradients` at `edges`, d(loss)/d(scaled), into d(loss)/d(wishes) in place, and answers with
 * d(loss)/d(onHand). `wishes` are those before scaling.
 */
export function pullBackWishes(
  gradients: Float64Array,
  wishes: Float64Array,
  edges: Int32Array,
  onHand: number,
  shipsAll: boolean,
): number {
  const sum = sumOf(wishes, edges);
  const scale = scaleOf(sum, onHand, shipsAll);
  if (scale === 1 && !shipsAll) return 0;
  let alongWishes = 0;
  for (const edge of edges) alongWishes += gradients[edge] * wishes[edge];
  const onHandGradient = alongWishes / (sum + TINY);
  for (const edge of edges) gradients[edge] = scale * (gradients[edge] - onHandGradient);
  return onHandGradient;
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
