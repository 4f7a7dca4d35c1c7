/** A controller written by hand, for a world of discrete actions: the action for an observation [observationSize]. */
export type Controller = (observation: ArrayLike<number>) => number;

/** Worlds whose reference comes with a controller; its code is loaded when it is wanted. */
const CONTROLLERS: Readonly<Record<string, () => Promise<Controller>>> = {
  "lunar-lander": async () => (await import("./lunar-lander/heuristic.js")).heuristicAction,
};

/** Worlds that have a controller. */
export const controlledWorlds = Object.keys(CONTROLLERS);

/** The controller of a world; null where its reference has none. */
export async function loadController(id: string): Promise<Controller | null> {
  return (await CONTROLLERS[id]?.()) ?? null;
}
