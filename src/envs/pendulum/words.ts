import type { Description } from "../drawing.js";

const SITUATIONS = {
  start: "A new start",
  balanced: "Upright and nearly still",
  through: "Passing the top too fast to stay",
  rising: "Swinging up",
  falling: "Falling away from the top",
  dropping: "Swinging down",
  bottom: "Hanging nearly still",
} as const;

const ACTIONS = {
  clockwise: "turn clockwise",
  none: "hardly any torque",
  anticlockwise: "turn anticlockwise",
} as const;

/** Every text that the drawing of a pendulum writes or says. */
export const texts: readonly string[] = [...Object.values(SITUATIONS), ...Object.values(ACTIONS), "upright"];

/** Torque below which the motor seems to rest, N·m. */
const HARDLY = 0.1;

/** The moment of a pendulum in words: where it is, and whether that gets better. */
export function describe(state: ArrayLike<number>, action: ArrayLike<number> | null): Description {
  const torque = action?.[0] ?? Number.NaN;
  if (Number.isNaN(torque)) return { text: SITUATIONS.start, action: "" };
  const turn = Math.abs(torque) < HARDLY ? "none" : torque < 0 ? "clockwise" : "anticlockwise";
  return { text: SITUATIONS[situationOf(state[0], state[1])], action: ACTIONS[turn] };
}

function situationOf(angle: number, spin: number): keyof typeof SITUATIONS {
  const fromTop = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  const away = fromTop * spin > 0;
  if (Math.abs(fromTop) < 0.3) {
    if (Math.abs(spin) < 0.6) return "balanced";
    if (Math.abs(spin) > 2) return "through";
    return away ? "falling" : "rising";
  }
  if (Math.abs(fromTop) > 2.8 && Math.abs(spin) < 0.6) return "bottom";
  return away ? "dropping" : "rising";
}
