import type { Drawing } from "../drawing.js";
import { mountainCarDrawing } from "../mountain-car/draw.js";
import { describePush, texts } from "../mountain-car/words.js";

/** The mountain car, its arrow as long as the push. */
export const drawing: Drawing = mountainCarDrawing(
  (push) => Math.min(Math.max(push, -1), 1),
  { describe: describePush, texts },
  true,
);
