/**
 * Sizes of the lunar lander, as the reference states them: pixels of its picture over {@link SCALE}, in metres.
 *
 * Source: Gymnasium, `envs/box2d/lunar_lander.py`. Both physics and picture are made from these.
 */

/** Pixels of the reference's picture in a metre. */
export const SCALE = 30;
/** Width and height of the world (m). */
export const WORLD = { width: 20, height: 400 / SCALE } as const;
export const STEPS_PER_SECOND = 50;
/** Height of the pad's flags (m); the pad itself lies at 0.99 of it, see `PAD_SURFACE`. */
export const PAD_HEIGHT = WORLD.height / 4;
/** The terrain is smoothed by 0.33 and not by a third, so that the pad lies a little lower (m). */
export const PAD_SURFACE = 0.33 * 3 * PAD_HEIGHT;
/** The pad reaches from one flag to the other (m). */
export const PAD = { left: 8, right: 12 } as const;
/** Points of the terrain, 2 m apart. */
export const NUM_POINTS = 11;

/** Corners of the lander's hull around its origin (m). */
export const HULL: readonly (readonly [x: number, y: number])[] = [
  [-14 / SCALE, 17 / SCALE],
  [-17 / SCALE, 0],
  [-17 / SCALE, -10 / SCALE],
  [17 / SCALE, -10 / SCALE],
  [17 / SCALE, 0],
  [14 / SCALE, 17 / SCALE],
];
/** A leg is a box of these half sizes (m), joined away from and below the hull's origin. */
export const LEG = { halfWidth: 2 / SCALE, halfHeight: 8 / SCALE, away: 20 / SCALE, down: 18 / SCALE } as const;

/**
 * Entries of the state, by their place.
 *
 * Each body has x, y (m), angle (rad), their velocities (m/s, of the centre of mass, and rad/s). Leg 0 is the one at
 * the right of the picture.
 */
export const STATE = {
  lander: 0,
  legs: [6, 12],
  contacts: [18, 19],
  windIndex: 20,
  turbulenceIndex: 21,
  secondsAtRest: 22,
  terrain: 23,
} as const;
export const STATE_SIZE = STATE.terrain + NUM_POINTS;
