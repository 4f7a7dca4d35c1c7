import type { Description } from "../drawing.js";
import { LEG, PAD, PAD_HEIGHT, STATE, WORLD } from "./geometry.js";

const SITUATIONS = {
  start: "Pushed off at the top of the picture",
  rest: "At rest",
  both: "Standing on both legs",
  one: "One leg touches the ground",
  out: "Out of the picture",
  tippedLeft: "Tipped over to the left",
  tippedRight: "Tipped over to the right",
  fast: "Coming down too fast",
  rising: "Rising",
  over: "Coming down over the pad",
  left: "Coming down left of the pad",
  right: "Coming down right of the pad",
} as const;

const ACTIONS = {
  none: "no engine",
  left: "steer left",
  main: "main engine",
  right: "steer right",
  mainLeft: "main engine, steer left",
  mainRight: "main engine, steer right",
} as const;

/** Every text that the drawing of a lunar lander writes or says. */
export const texts: readonly string[] = [...Object.values(SITUATIONS), ...Object.values(ACTIONS), "pad"];

/** How hard each engine works: main 0 … 1, steering −1 (left) … 1. */
export interface Thrust {
  readonly main: number;
  readonly side: number;
}

/** What a discrete action, or one with throttles, asks of the engines; null right after a reset. */
export function thrustOf(action: ArrayLike<number> | null, continuous: boolean): Thrust | null {
  if (!action || Number.isNaN(action[0])) return null;
  if (!continuous) {
    const chosen = Math.round(action[0]);
    return { main: chosen === 2 ? 1 : 0, side: chosen === 1 ? -1 : chosen === 3 ? 1 : 0 };
  }
  const side = Math.abs(action[1]) > 0.5 ? Math.min(Math.max(action[1], -1), 1) : 0;
  return { main: action[0] > 0 ? 0.5 + 0.5 * Math.min(action[0], 1) : 0, side };
}

/** The moment of a lunar lander in words: legs first, then what threatens, then where it goes. */
export function describeThrust(state: ArrayLike<number>, thrust: Thrust | null): Description {
  if (!thrust) return { text: SITUATIONS.start, action: "" };
  return { text: SITUATIONS[situationOf(state)], action: ACTIONS[engineOf(thrust)] };
}

function engineOf({ main, side }: Thrust): keyof typeof ACTIONS {
  if (main > 0) return side === 0 ? "main" : side < 0 ? "mainLeft" : "mainRight";
  return side === 0 ? "none" : side < 0 ? "left" : "right";
}

function situationOf(state: ArrayLike<number>): keyof typeof SITUATIONS {
  const [x, y, angle, , vy] = [state[0], state[1], state[2], state[3], state[4]];
  if (x <= 0 || x >= WORLD.width) return "out";
  const legs = state[STATE.contacts[0]] + state[STATE.contacts[1]];
  if (legs > 0 && state[STATE.secondsAtRest] > 0.1) return "rest";
  if (legs > 0) return legs > 1 ? "both" : "one";
  if (Math.abs(angle) > 0.7) return angle > 0 ? "tippedLeft" : "tippedRight";
  const height = y - (PAD_HEIGHT + LEG.down);
  // From this speed the main engine, at about 3 m/s² net, no longer stops it in time.
  if (vy < 0 && vy * vy > 2 * 3 * Math.max(height, 0) + 2) return "fast";
  if (vy > 0.3) return "rising";
  if (x < PAD.left) return "left";
  return x > PAD.right ? "right" : "over";
}
