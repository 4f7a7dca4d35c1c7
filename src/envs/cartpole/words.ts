import type { Description } from "../drawing.js";
import type { ParamsStruct } from "../environment.js";

const SENTENCES = {
  start: ["A new start", "A new start"],
  still: ["Upright and nearly still", "Upright and nearly still"],
  falling: ["Leaning left and falling further", "Leaning right and falling further"],
  slow: ["Leaning left and swinging back, but too slowly", "Leaning right and swinging back, but too slowly"],
  back: ["Leaning left and swinging back", "Leaning right and swinging back"],
  edge: ["Rolling towards the left end of the track", "Rolling towards the right end of the track"],
  fallen: ["The pole has fallen to the left", "The pole has fallen to the right"],
  left: ["The cart has left the track on the left", "The cart has left the track on the right"],
} as const;

const ACTIONS = ["push left", "push right"] as const;

/** Every text that {@link describe} may return. */
export const texts: readonly string[] = [...new Set([...Object.values(SENTENCES).flat(), ...ACTIONS])];

/** The moment of a cart-pole in words: what the pole does comes first, unless the track is about to end. */
export function describe(
  state: ArrayLike<number>,
  action: ArrayLike<number> | null,
  params: ParamsStruct,
): Description {
  const chosen = action?.[0] ?? Number.NaN;
  const none = Number.isNaN(chosen);
  const [kind, side] = situationOf(state, params);
  const text = SENTENCES[none && kind === "still" ? "start" : kind][side < 0 ? 0 : 1];
  return { text, action: none ? "" : ACTIONS[chosen < 0.5 ? 0 : 1] };
}

function situationOf(state: ArrayLike<number>, params: ParamsStruct): [keyof typeof SENTENCES, number] {
  const [position, velocity, angle, spin] = [state[0], state[1], state[2], state[3]];
  const degrees = (angle * 180) / Math.PI;
  if (Math.abs(degrees) > params["angleLimit"]) return ["fallen", angle];
  if (Math.abs(position) > params["positionLimit"]) return ["left", position];
  const outward = Math.abs(position) > 0.7 * params["positionLimit"] && position * velocity > 0;
  if (outward && Math.abs(degrees) < params["angleLimit"] / 3) return ["edge", position];
  if (Math.abs(degrees) < 1 && Math.abs(spin) < 0.25) return ["still", angle];
  if (angle * spin >= 0) return ["falling", angle];
  // Near upright the pole falls away as exp(rate t): it comes back by itself only if its spin exceeds rate × angle.
  const rate = Math.sqrt(params["gravity"] / ((4 / 3) * params["length"]));
  return [Math.abs(spin) < rate * Math.abs(angle) ? "slow" : "back", angle];
}
