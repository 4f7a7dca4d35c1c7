import type { Description } from "../drawing.js";
import type { ParamsStruct } from "../environment.js";
import { MAP_START, MAX_COLUMNS, TILE } from "./spec.js";

const SITUATIONS = {
  start: "Ready at the start",
  danger: "Lava is next to it",
  way: "On its way to the target",
  grass: "Crossing grass",
  beside: "Right beside the target",
  lava: "In the lava",
  reached: "At the target",
} as const;

const ACTIONS = ["right", "down", "left", "up"] as const;

/** Every text that the drawing of lavaland writes or says. */
export const texts: readonly string[] = [
  ...Object.values(SITUATIONS),
  ...ACTIONS,
  ...["target", "dirt", "grass", "lava", "a step"],
];

/** Columns and rows that each action goes. */
export const DIRECTIONS: readonly (readonly [number, number])[] = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];

/** The moment of lavaland in words: where the agent stands, and what is near. */
export function describe(
  state: ArrayLike<number>,
  action: ArrayLike<number> | null,
  params: ParamsStruct,
): Description {
  const chosen = action?.[0] ?? Number.NaN;
  if (Number.isNaN(chosen)) return { text: SITUATIONS.start, action: "" };
  return { text: SITUATIONS[situationOf(state, params)], action: ACTIONS[Math.round(chosen)] };
}

function situationOf(state: ArrayLike<number>, params: ParamsStruct): keyof typeof SITUATIONS {
  const [row, column] = [Math.round(state[0]), Math.round(state[1])];
  const codeAt = (r: number, c: number) => {
    const inside = r >= 0 && c >= 0 && r < params["rows"] && c < params["columns"];
    return inside ? state[MAP_START + r * MAX_COLUMNS + c] : TILE.outside;
  };
  const distance = Math.abs(state[2] - row) + Math.abs(state[3] - column);
  if (distance === 0) return "reached";
  if (codeAt(row, column) === TILE.lava) return "lava";
  if (distance === 1) return "beside";
  if (DIRECTIONS.some(([right, down]) => codeAt(row + down, column + right) === TILE.lava)) return "danger";
  return codeAt(row, column) === TILE.grass ? "grass" : "way";
}
