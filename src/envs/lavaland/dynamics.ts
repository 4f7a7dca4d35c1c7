import type { OptionsOf } from "../../core/options.js";
import type { Action, Noise, Observation, Outcome, State } from "../dynamics.js";
import type { options } from "./spec.js";

/** Difficulty parameters as numbers; `lavaEnds` is 0 or 1. */
export type LavalandParams = Omit<OptionsOf<typeof options>, "horizon" | "lavaEnds"> & { readonly lavaEnds: number };

/**
 * State [4 + 11 · 13]: row and column of the agent, row and column of the target, then the tiles row by row
 * (0 dirt, 1 grass, 2 lava, 3 outside the map).
 *
 * A tile is special with probability grass + lava, and then grass or lava in proportion; the start is dirt.
 */
export function reset(state: State, noise: Noise, params: LavalandParams): void {
  "use gpu";
  const row = Math.min(Math.floor(noise.$[0] * params.rows), params.rows - 1);
  const column = Math.min(Math.floor(noise.$[1] * params.columns), params.columns - 1);
  let targetRow = Math.min(Math.floor(noise.$[2] * params.rows), params.rows - 1);
  // One place fewer, and past the start when it comes later: uniform over all places but the start.
  const numPlaces = params.rows * params.columns - 1;
  let place = Math.min(Math.floor(((targetRow + noise.$[3]) / params.rows) * numPlaces), numPlaces - 1);
  if (place >= row * params.columns + column) {
    place += 1;
  }
  targetRow = Math.floor((place + 0.5) / params.columns);
  state.$[0] = row;
  state.$[1] = column;
  state.$[2] = targetRow;
  state.$[3] = place - targetRow * params.columns;
  for (let i = 0; i < 11; i++) {
    for (let j = 0; j < 13; j++) {
      const uniform = noise.$[4 + i * 13 + j];
      let tile = params.rows * 0;
      if (uniform < params.grassFraction + params.lavaFraction) {
        tile = 2;
      }
      if (uniform < params.grassFraction) {
        tile = 1;
      }
      if (i === row && j === column) {
        tile = 0;
      }
      if (i >= params.rows || j >= params.columns) {
        tile = 3;
      }
      state.$[4 + i * 13 + j] = tile;
    }
  }
}

/** Moves one tile. Action [1]: 0 right, 1 down, 2 left, 3 up. Terms: goal, step, grass, lava. */
export function step(state: State, action: Action, _noise: Noise, params: LavalandParams, outcome: Outcome): void {
  "use gpu";
  let row = state.$[0];
  let column = state.$[1];
  if (action.$[0] === 0) {
    column = Math.min(column + 1, params.columns - 1);
  }
  if (action.$[0] === 1) {
    row = Math.min(row + 1, params.rows - 1);
  }
  if (action.$[0] === 2) {
    column = Math.max(column - 1, 0);
  }
  if (action.$[0] === 3) {
    row = Math.max(row - 1, 0);
  }
  state.$[0] = row;
  state.$[1] = column;
  outcome.$[0] = 0;
  outcome.$[1] = 0;
  outcome.$[2] = 0 - params.stepCost;
  outcome.$[3] = 0;
  outcome.$[4] = 0;
  // A shader cannot index by a float, and it finds the tile in as many steps as the map has places.
  for (let i = 0; i < 143; i++) {
    if (i === row * 13 + column) {
      if (state.$[4 + i] === 1) {
        outcome.$[3] = 0 - params.grassCost;
      }
      if (state.$[4 + i] === 2) {
        outcome.$[4] = 0 - params.lavaCost;
        outcome.$[0] = params.lavaEnds;
      }
    }
  }
  if (row === state.$[2] && column === state.$[3]) {
    outcome.$[0] = 1;
    outcome.$[1] = 1;
  }
}

/**
 * Observation [52]: target down and right of the agent, row, column, then for each of the 24 tiles within two steps
 * whether it is lava, then whether it is grass.
 */
export function observe(state: State, observation: Observation, _params: LavalandParams): void {
  "use gpu";
  const row = state.$[0];
  const column = state.$[1];
  observation.$[0] = state.$[2] - row;
  observation.$[1] = state.$[3] - column;
  observation.$[2] = row;
  observation.$[3] = column;
  for (let k = 4; k < 52; k++) {
    observation.$[k] = 0;
  }
  for (let i = 0; i < 11; i++) {
    if (Math.abs(i - row) <= 2) {
      for (let j = 0; j < 13; j++) {
        if (Math.abs(j - column) <= 2) {
          observeTile(state, observation, i, j);
        }
      }
    }
  }
}

/** Sets the flags of the tile in row `i`, column `j`, which lies within two steps of the agent. */
function observeTile(state: State, observation: Observation, i: number, j: number): void {
  "use gpu";
  const tile = state.$[4 + i * 13 + j];
  for (let k = 0; k < 24; k++) {
    // Places 12 and on come one later in the 5 × 5 window: its middle, the agent's own tile, is left out.
    let place = k;
    if (k >= 12) {
      place = k + 1;
    }
    if ((i - state.$[0] + 2) * 5 + (j - state.$[1] + 2) === place) {
      if (tile === 2) {
        observation.$[4 + k] = 1;
      }
      if (tile === 1) {
        observation.$[28 + k] = 1;
      }
    }
  }
}
