import type { Description } from "../drawing.js";
import type { ParamsStruct } from "../environment.js";

const SITUATIONS = {
  start: "At rest in the valley",
  turning: "Turning round",
  leftUp: "Rolling left, up the slope",
  leftDown: "Rolling left, down into the valley",
  rightUp: "Rolling right, up the slope",
  rightDown: "Rolling right, down into the valley",
  reached: "At the goal",
} as const;

const ACTIONS = ["push left", "coast", "push right"] as const;

/** Every text that the drawing of a mountain car writes or says. */
export const texts: readonly string[] = [...Object.values(SITUATIONS), ...ACTIONS, "goal", "reach"];

/** Velocity below which the car seems to stand, per step. */
const STANDING = 0.003;

/** The moment of a mountain car in words: which way it rolls, and whether that is uphill. */
export function describe(
  state: ArrayLike<number>,
  action: ArrayLike<number> | null,
  params: ParamsStruct,
): Description {
  const chosen = action?.[0] ?? Number.NaN;
  if (Number.isNaN(chosen)) return { text: SITUATIONS.start, action: "" };
  return { text: SITUATIONS[situationOf(state, params)], action: ACTIONS[Math.round(chosen)] };
}

/** The same for pushes −1 … 1: next to none is coasting. */
export function describePush(
  state: ArrayLike<number>,
  action: ArrayLike<number> | null,
  params: ParamsStruct,
): Description {
  const push = action?.[0] ?? Number.NaN;
  const named = Math.abs(push) < 0.05 ? 1 : push < 0 ? 0 : 2;
  return describe(state, Number.isNaN(push) ? null : [named], params);
}

function situationOf(state: ArrayLike<number>, params: ParamsStruct): keyof typeof SITUATIONS {
  const [position, velocity] = [state[0], state[1]];
  if (position >= params["goalPosition"] && velocity >= 0) return "reached";
  if (Math.abs(velocity) < STANDING) return "turning";
  const rightOfFloor = position > -Math.PI / 6;
  if (velocity < 0) return rightOfFloor ? "leftDown" : "leftUp";
  return rightOfFloor ? "rightUp" : "rightDown";
}
