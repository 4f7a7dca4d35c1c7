import type { OptionValues } from "../core/options.js";
import type { Actor } from "./evaluate.js";

/** Whose figures are asked for, and where. */
export interface FigureRequest {
  /** Id of the world. */
  readonly world: string;
  readonly actor: Actor;
  /** Parsed options of the world. */
  readonly options: OptionValues;
  readonly seed: number;
  /** Called now and then; what it answers with is waited for. */
  readonly breathe?: (() => Promise<void> | undefined) | undefined;
}

/** Named numbers that say more of a policy than its return. */
export type Figures = Readonly<Record<string, number>>;
