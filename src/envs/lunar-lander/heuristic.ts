/** What the heuristic aims at: how far to turn, and how much to hold up. */
function aims(observation: ArrayLike<number>): { readonly turn: number; readonly lift: number } {
  const [x, y, vx, vy, angle, spin] = Array.from({ length: 6 }, (_, i) => observation[i]);
  const touches = observation[6] > 0 || observation[7] > 0;
  // On its legs it only brakes.
  if (touches) return { turn: 0, lift: -0.5 * vy };
  const wantedAngle = Math.min(Math.max(0.5 * x + vx, -0.4), 0.4);
  const wantedHeight = 0.55 * Math.abs(x);
  return { turn: 0.5 * (wantedAngle - angle) - spin, lift: 0.5 * (wantedHeight - y) - 0.5 * vy };
}

/**
 * The controller that comes with the reference, for the discrete lander: the action for an observation [8].
 *
 * Over 500 episodes it earns about 237 on average. Source: Gymnasium, `heuristic` of `envs/box2d/lunar_lander.py`.
 */
export function heuristicAction(observation: ArrayLike<number>): number {
  const { turn, lift } = aims(observation);
  if (lift > Math.abs(turn) && lift > 0.05) return 2;
  if (turn < -0.05) return 3;
  return turn > 0.05 ? 1 : 0;
}

/** The same for the continuous lander: [main engine, side engines]. */
export function heuristicThrust(observation: ArrayLike<number>): [main: number, side: number] {
  const { turn, lift } = aims(observation);
  const clip = (value: number) => Math.min(Math.max(value, -1), 1);
  return [clip(20 * lift - 1), clip(-20 * turn)];
}
