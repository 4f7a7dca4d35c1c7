import type { OptionValues } from "../core/options.js";
import type { ParamsStruct } from "./environment.js";
import type { Palette } from "./palette.js";

/** Size of a canvas in CSS pixels; its context is scaled to the screen's pixels already. */
export interface DrawingSize {
  readonly width: number;
  readonly height: number;
}

/** One moment of a world, and where to draw it. */
export interface DrawingFrame {
  readonly size: DrawingSize;
  /** [stateSize], possibly between two steps. */
  readonly state: ArrayLike<number>;
  /** Some earlier states of the same episode, oldest first; may be empty. */
  readonly ghosts: readonly ArrayLike<number>[];
  /** The way of the episode so far, oldest first, thinned to at most a few hundred states; may be empty or absent. */
  readonly trail?: readonly ArrayLike<number>[];
  /** The action under way [actionSize]; null or NaN right after a reset. */
  readonly action: ArrayLike<number> | null;
  /** Difficulty parameters in force. */
  readonly params: ParamsStruct;
  readonly palette: Palette;
  /** Puts a text of the drawing into the language in force. */
  readonly translate: (text: string) => string;
}

/** The moment in plain English; both texts are among the drawing's `texts`, for translation. */
export interface Description {
  /** The situation, without a full stop: `Leaning left and swinging back`. */
  readonly text: string;
  /** What is done about it: `push left`; empty right after a reset. */
  readonly action: string;
}

/** How a world looks. Loaded on demand, never by a Worker. */
export interface Drawing {
  draw(context: CanvasRenderingContext2D, frame: DrawingFrame): void;
  /** Says in words what is happening; `action` is null or NaN right after a reset. */
  describe(state: ArrayLike<number>, action: ArrayLike<number> | null, params: ParamsStruct): Description;
  /** A small picture for choosing the world. */
  thumbnail(context: CanvasRenderingContext2D, size: DrawingSize, palette: Palette): void;
  /** Every text that is drawn or said. */
  readonly texts: readonly string[];
  /** How the world of these options looks, parsed or not; absent where all look alike. */
  variant?(options: OptionValues): Promise<Omit<Drawing, "variant">>;
}
