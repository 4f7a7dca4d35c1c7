import type { OptionsOf } from "../../core/options.js";
import type { Action, Noise, Observation, Outcome, State } from "../dynamics.js";
import type { options } from "./spec.js";

/** Difficulty parameters as numbers; `lavaEnds` is 0 or 1. */
export type LavalandParams = Omit<OptionsOf<typeof options>, "horizon" | "lavaEnds"> & { readonly lavaEnds: number };

/**
 * State [4 + 11 · 13]: row and column of the agent, row and column of the target, then the tiles row by row
 * (0 dirt, 1 grass, 2 lava, 3 outside the map).
 *
 * A tile is special with probability grass + lava, and then grass or lava in proportion; start and target are dirt.
 */
export function reset(state: State, noise: Noise, params: LavalandParams): void {
  "use gpu";
  const row = Math.min(Math.floor(noise.$[0] * params.rows), params.rows - 1);
  const column = Math.min(Math.floor(noise.$[1] * params.columns), params.columns - 1);
  // One place fewer, and past the start when it comes later: uniform over all places but the start. Two uniforms
  // make one with enough digits to reach every place evenly.
  const numPlaces = params.rows * params.columns - 1;
  const coarse = Math.min(Math.floor(noise.$[2] * params.rows), params.rows - 1);
  let place = Math.min(Math.floor(((coarse + noise.$[3]) / params.rows) * numPlaces), numPlaces - 1);
  if (place >= row * params.columns + column) {
    place += 1;
  }
  const targetRow = Math.floor((place + 0.5) / params.columns);
  const targetColumn = place - targetRow * params.columns;
  state.$[0] = row;
  state.$[1] = column;
  state.$[2] = targetRow;
  state.$[3] = targetColumn;
  for (let i = 0; i < 11; i++) {
    for (let j = 0; j < 13; j++) {
      const cell = 4 + i * 13 + j;
      const uniform = noise.$[cell];
      state.$[cell] = 0;
      if (uniform < params.grassFraction + params.lavaFraction) {
        state.$[cell] = 2;
      }
      if (uniform < params.grassFraction) {
        state.$[cell] = 1;
      }
      if (i >= params.rows || j >= params.columns) {
        state.$[cell] = 3;
      }
    }
  }
  state.$[4 + row * 13 + column] = 0;
  state.$[4 + targetRow * 13 + targetColumn] = 0;
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
  const tile = state.$[4 + row * 13 + column];
  outcome.$[0] = 0;
  outcome.$[1] = 0;
  outcome.$[2] = 0 - params.stepCost;
  outcome.$[3] = 0;
  outcome.$[4] = 0;
  if (tile === 1) {
    outcome.$[3] = 0 - params.grassCost;
  }
  if (tile === 2) {
    outcome.$[0] = params.lavaEnds;
    outcome.$[4] = 0 - params.lavaCost;
  }
  if (row === state.$[2] && column === state.$[3]) {
    outcome.$[0] = 1;
    outcome.$[1] = 1;
  }
}

/**
 * Observation [52]: target down and right of the agent, row, column, then for each of the 24 tiles within two steps
 * whether it is lava, then whether it is grass. Nothing lies outside the map.
 */
export function observe(state: State, observation: Observation, params: LavalandParams): void {
  "use gpu";
  const row = state.$[0];
  const column = state.$[1];
  observation.$[0] = state.$[2] - row;
  observation.$[1] = state.$[3] - column;
  observation.$[2] = row;
  observation.$[3] = column;
  let k = 4;
  for (let i = 0; i < 5; i++) {
    for (let j = 0; j < 5; j++) {
      // The agent's own tile, in the middle, is left out.
      if (i !== 2 || j !== 2) {
        const tileRow = row + i - 2;
        const tileColumn = column + j - 2;
        observation.$[k] = 0;
        observation.$[k + 24] = 0;
        if (tileRow >= 0 && tileColumn >= 0 && tileRow < params.rows && tileColumn < params.columns) {
          const tile = state.$[4 + tileRow * 13 + tileColumn];
          if (tile === 2) {
            observation.$[k] = 1;
          }
          if (tile === 1) {
            observation.$[k + 24] = 1;
          }
        }
        k += 1;
      }
    }
  }
}
