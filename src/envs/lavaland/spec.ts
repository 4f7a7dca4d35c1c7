import { booleanOption, integerOption, numberOption, optionsSchema } from "../../core/options.js";
import type { Feature } from "../../core/spaces.js";
import type { EnvironmentSpec } from "../environment.js";

/** The largest map: 11 rows of 13 columns, as in the reference. */
export const MAX_ROWS = 11;
export const MAX_COLUMNS = 13;
/** Codes of the tiles in the state. */
export const TILE = { dirt: 0, grass: 1, lava: 2, outside: 3 } as const;
/** Where the map starts in the state, after the agent's and the target's row and column. */
export const MAP_START = 4;
/** The agent sees this many tiles in every direction. */
export const SIGHT = 2;

/** Difficulty parameters of lavaland. */
export const options = optionsSchema({
  lavaFraction: numberOption({
    title: "Lava",
    help: "Share of tiles that are lava; the reference trains without any and tests with 0.1.",
    default: 0.1,
    min: 0,
    max: 0.3,
  }),
  grassFraction: numberOption({
    title: "Grass",
    help: "Share of tiles that are grass, which costs a little to cross.",
    default: 0.3,
    min: 0,
    max: 0.6,
  }),
  rows: integerOption({ title: "Rows", help: "Rows of the map.", default: 11, min: 2, max: 11 }),
  columns: integerOption({ title: "Columns", help: "Columns of the map.", default: 13, min: 2, max: 13 }),
  lavaEnds: booleanOption({
    title: "Lava ends the episode",
    help: "Off, as in the reference, lava is only counted and costs its price.",
    default: true,
  }),
  stepCost: numberOption({
    title: "Cost of a step",
    help: "Taken off the reward for every step.",
    default: 0.02,
    min: 0,
    max: 1,
    advanced: true,
  }),
  grassCost: numberOption({
    title: "Cost of grass",
    help: "Taken off the reward for every step that ends on grass.",
    default: 0.1,
    min: 0,
    max: 1,
    advanced: true,
  }),
  lavaCost: numberOption({
    title: "Cost of lava",
    help: "Taken off the reward for every step that ends on lava.",
    default: 1,
    min: 0,
    max: 10,
    advanced: true,
  }),
  horizon: integerOption({
    title: "Episode limit",
    help: "Steps after which an episode is cut short (truncated).",
    unit: "steps",
    default: 36,
    min: 1,
    max: 100_000,
    advanced: true,
  }),
});

/** Offsets [rows, columns] of the tiles in sight, row by row, without the agent's own. */
export const WINDOW: readonly (readonly [number, number])[] = Array.from({ length: 25 }, (_, i) => {
  return [Math.floor(i / 5) - SIGHT, (i % 5) - SIGHT] as const;
}).filter(([row, column]) => row !== 0 || column !== 0);

/** `2 up`, `1 down 2 right`: where a tile lies as seen from the agent. */
function placeName([row, column]: readonly [number, number]): string {
  const vertical = row === 0 ? [] : [`${Math.abs(row)} ${row < 0 ? "up" : "down"}`];
  const horizontal = column === 0 ? [] : [`${Math.abs(column)} ${column < 0 ? "left" : "right"}`];
  return [...vertical, ...horizontal].join(" ");
}

const flag = (name: string): Feature => ({ name, unit: "", low: 0, high: 1, typical: [0, 1] });
const tiles = (name: string, most: number, least = -most): Feature => ({
  name,
  unit: "tiles",
  low: least,
  high: most,
  typical: [least, most],
});

/**
 * Cross a map to the target, around lava and grass.
 *
 * Task: reach the target quickly, step on little grass and on no lava. Observation: where the target lies, where the
 * agent is, and which of the 24 tiles within two steps are lava or grass. Action: right, down, left, up; a move off
 * the map is forbidden and the agent stays. Reward: goal, step, grass and lava. Ending: the target, or lava.
 * Source: the lavaland of Self Reward Design (Tjoa & Guan 2023, arXiv:2112.15034), after Hadfield-Menell et al. 2017.
 */
export const spec: EnvironmentSpec = {
  id: "lavaland",
  title: "Lavaland",
  summary: "Cross a map to the target, around lava and with little grass.",
  observation: [
    tiles("target down", MAX_ROWS - 1),
    tiles("target right", MAX_COLUMNS - 1),
    tiles("row", MAX_ROWS - 1, 0),
    tiles("column", MAX_COLUMNS - 1, 0),
    ...WINDOW.map((place) => flag(`lava ${placeName(place)}`)),
    ...WINDOW.map((place) => flag(`grass ${placeName(place)}`)),
  ],
  action: { kind: "discrete", names: ["right", "down", "left", "up"] },
  hand: { held: { right: [0], down: [1], left: [2], up: [3] }, idle: "wait" },
  rewardTerms: [
    { name: "goal", help: "1 for reaching the target." },
    { name: "step", help: "The cost of a step, negative." },
    { name: "grass", help: "The cost of ending a step on grass, negative." },
    { name: "lava", help: "The cost of ending a step on lava, negative." },
  ],
  state: [
    "row",
    "column",
    "target row",
    "target column",
    ...Array.from({ length: MAX_ROWS * MAX_COLUMNS }, (_, i) => {
      return `tile ${Math.floor(i / MAX_COLUMNS)},${i % MAX_COLUMNS}`;
    }),
  ],
  noiseSize: { reset: 4 + MAX_ROWS * MAX_COLUMNS, step: 0 },
  options,
  solvedReturn: null,
  randomReturn: -1.48,
  secondsPerStep: 0.25,
  source: "Self Reward Design, legacy/v1 robot2d (map rules, actions and limit)",
  runsOn: ["cpu", "gpu"],
};
