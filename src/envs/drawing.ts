import type { ParamsStruct } from "./environment.js";
import type { Palette } from "./palette.js";

/** One moment of a world, and where to draw it. Lengths are CSS pixels; the context is scaled already. */
export interface DrawingFrame {
  /** [stateSize], possibly between two steps. */
  readonly state: ArrayLike<number>;
  /** States of the same episode that came before, oldest first; ghosts and tracks are drawn from them. May be empty. */
  readonly trail: readonly ArrayLike<number>[];
  /** The action under way [actionSize], or null right after a reset. */
  readonly action: ArrayLike<number> | null;
  /** Difficulty parameters in force. */
  readonly params: ParamsStruct;
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  /** Puts a text of the drawing into the language in force. */
  readonly translate: (text: string) => string;
}

/** What a thumbnail needs. */
export type ThumbnailFrame = Pick<DrawingFrame, "width" | "height" | "palette">;

/** The moment in plain English: a template, and the words that are the action's. Both go through translation. */
export interface Caption {
  /** The situation, without a full stop: `Leaning left and swinging back`. */
  readonly situation: string;
  /** What is done about it, as it stands in the action's name: `left`. */
  readonly action: string;
}

/** How a world looks. Loaded on demand, never by a Worker. */
export interface Drawing {
  /** Draws on a cleared canvas; leaves the context's state as it was. */
  draw(context: CanvasRenderingContext2D, frame: DrawingFrame): void;
  /** Says in words what is happening; `action` is null right after a reset. */
  describe(state: ArrayLike<number>, action: ArrayLike<number> | null, params: ParamsStruct): Caption;
  /** Every sentence that `describe` can say, for translation. */
  readonly situations: readonly string[];
  /** A small picture for choosing the world. */
  thumbnail(context: CanvasRenderingContext2D, frame: ThumbnailFrame): void;
}

/** The smallest text that is drawn, in CSS pixels. */
export const MIN_TEXT = 11;

/** The face of everything that is written on a canvas. */
export const textFont = (size: number, weight = 400): string =>
  `${weight} ${Math.max(size, MIN_TEXT)}px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif`;
