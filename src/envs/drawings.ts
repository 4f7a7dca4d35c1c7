import { InputError, showValue } from "../core/errors.js";
import type { OptionValues } from "../core/options.js";
import type { Drawing } from "./drawing.js";

const LOADERS: Readonly<Record<string, () => Promise<Drawing>>> = {
  cartpole: async () => (await import("./cartpole/draw.js")).drawing,
  "mountain-car": async () => (await import("./mountain-car/draw.js")).drawing,
  "mountain-car-continuous": async () => (await import("./mountain-car-continuous/draw.js")).drawing,
  acrobot: async () => (await import("./acrobot/draw.js")).drawing,
  pendulum: async () => (await import("./pendulum/draw.js")).drawing,
  "lunar-lander": async () => (await import("./lunar-lander/draw.js")).drawing,
  "lunar-lander-continuous": async () => (await import("./lunar-lander/draw.js")).continuousDrawing,
  lavaland: async () => (await import("./lavaland/draw.js")).drawing,
  inventory: async () => (await import("./inventory/draw.js")).drawing,
  "inventory-whole": async () => (await import("./inventory/draw.js")).wholeDrawing,
};

/** Small pictures of worlds whose drawing is large. */
const THUMBNAILS: Readonly<Record<string, () => Promise<Pick<Drawing, "thumbnail">>>> = {
  inventory: () => import("./inventory/thumbnail.js"),
  "inventory-whole": () => import("./inventory/thumbnail.js"),
};

/**
 * Loads how the world of these options looks; of a world whose sizes follow from its options, that matters.
 *
 * Throws {@link InputError} for a world without a drawing.
 */
export function loadDrawing(id: string, options: OptionValues = {}): Promise<Drawing> {
  const load = LOADERS[id];
  if (!load) throw new InputError("env", showValue(id), `one of ${Object.keys(LOADERS).join(", ")}`);
  return load().then((drawing) => drawing.variant?.(options) ?? drawing);
}

/** Loads the small picture of a world alone. Throws like {@link loadDrawing}. */
export function loadThumbnail(id: string): Promise<Pick<Drawing, "thumbnail">> {
  return THUMBNAILS[id]?.() ?? loadDrawing(id);
}
