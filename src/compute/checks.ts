import type { EngineState } from "./engine.js";
import type { NetworkLayout } from "./network.js";

/** What an engine needs to know of itself to check a call. */
interface Sizes {
  readonly layout: NetworkLayout;
  readonly maxBatch: number;
}

function atLeast(what: string, array: ArrayLike<number>, needed: number): void {
  if (array.length < needed) throw new RangeError(`expected ${needed} ${what}, got ${array.length}`);
}

/** Refuses a batch or arrays that `forward` cannot take. Throws `RangeError` with both values. */
export function checkForward(
  { layout, maxBatch }: Sizes,
  inputs: ArrayLike<number>,
  batch: number,
  outputs: ArrayLike<number>,
): void {
  if (!(Number.isInteger(batch) && batch >= 1 && batch <= maxBatch)) {
    throw new RangeError(`expected a batch from 1 to ${maxBatch}, got ${batch}`);
  }
  atLeast("inputs", inputs, batch * layout.spec.inputSize);
  atLeast("places for outputs", outputs, batch * layout.outputSize);
}

/** Refuses gradients that do not belong to the last forward pass. Throws `RangeError` with both values. */
export function checkBackward(
  { layout }: Sizes,
  lastBatch: number,
  outputGradients: ArrayLike<number>,
  batch: number,
  freeGradients: ArrayLike<number> | undefined,
): void {
  if (batch !== lastBatch || batch < 1) {
    throw new RangeError(`expected the batch of the last forward pass, ${lastBatch}, got ${batch}`);
  }
  atLeast("output gradients", outputGradients, batch * layout.outputSize);
  if (freeGradients) atLeast("gradients of free parameters", freeGradients, layout.freeSize);
}

/** Refuses to hand out gradients of inputs that nobody asked for. Throws `RangeError`. */
export function checkInputGradients(
  { layout }: Sizes,
  lastBatch: number,
  gradients: ArrayLike<number>,
  batch: number,
): void {
  if (!layout.spec.inputGradients) throw new RangeError("expected a network with inputGradients, got one without");
  if (batch !== lastBatch || batch < 1) {
    throw new RangeError(`expected the batch of the last forward pass, ${lastBatch}, got ${batch}`);
  }
  atLeast("places for input gradients", gradients, batch * layout.spec.inputSize);
}

/** Refuses a flat array of the wrong size. Throws `RangeError` with both values. */
export function checkFlat(layout: NetworkLayout, what: string, flat: ArrayLike<number>): void {
  if (flat.length !== layout.size) throw new RangeError(`expected ${layout.size} ${what}, got ${flat.length}`);
}

/** Refuses a state of another network. Throws `RangeError` with both values. */
export function checkState(layout: NetworkLayout, state: EngineState): void {
  checkFlat(layout, "parameters", state.parameters);
  checkFlat(layout, "first moments", state.firstMoments);
  checkFlat(layout, "second moments", state.secondMoments);
  if (!(Number.isInteger(state.numSteps) && state.numSteps >= 0)) {
    throw new RangeError(`expected a whole number of Adam steps, got ${state.numSteps}`);
  }
}

/** Refuses a bound on the batch that is no positive whole number. Throws `RangeError`. */
export function checkMaxBatch(maxBatch: number): void {
  if (!(Number.isInteger(maxBatch) && maxBatch >= 1)) {
    throw new RangeError(`expected a largest batch of 1 or more, got ${maxBatch}`);
  }
}
