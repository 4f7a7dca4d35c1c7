import type { Description } from "../drawing.js";
import type { ParamsStruct } from "../environment.js";

const SITUATIONS = {
  start: "A new start, hanging",
  still: "Hanging nearly still",
  reached: "The hand is over the line",
  rising: "The hand is rising",
  falling: "The hand is falling",
  near: "The hand is close to the line",
} as const;

const ACTIONS = ["turn clockwise", "let it swing", "turn anticlockwise"] as const;

/** Every text that the drawing of an acrobot writes or says. */
export const texts: readonly string[] = [...Object.values(SITUATIONS), ...ACTIONS, "line"];

/** The moment of an acrobot in words: what the hand does about the line. */
export function describe(
  state: ArrayLike<number>,
  action: ArrayLike<number> | null,
  params: ParamsStruct,
): Description {
  const chosen = action?.[0] ?? Number.NaN;
  if (Number.isNaN(chosen)) return { text: SITUATIONS.start, action: "" };
  return { text: SITUATIONS[situationOf(state, params)], action: ACTIONS[Math.round(chosen)] };
}

/** Height of the hand over the shoulder (m). */
export function handHeight(state: ArrayLike<number>, params: ParamsStruct): number {
  return 0 - params["upperLength"] * Math.cos(state[0]) - params["lowerLength"] * Math.cos(state[0] + state[1]);
}

function situationOf(state: ArrayLike<number>, params: ParamsStruct): keyof typeof SITUATIONS {
  const below = params["targetHeight"] - handHeight(state, params);
  if (below < 0) return "reached";
  const speed =
    params["upperLength"] * Math.sin(state[0]) * state[2] +
    params["lowerLength"] * Math.sin(state[0] + state[1]) * (state[2] + state[3]);
  if (below < 0.35 && speed > 0) return "near";
  const hanging = Math.abs(state[0]) < 0.2 && Math.abs(state[1]) < 0.3;
  if (hanging && Math.abs(state[2]) + Math.abs(state[3]) < 1) return "still";
  return speed > 0 ? "rising" : "falling";
}
