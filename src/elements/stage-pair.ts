import { msg, str } from "@lit/localize";
import type { Drawing, DrawingFrame } from "../envs/drawing.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import { formatInteger, formatSignificant } from "./format.js";
import { translated } from "./localise.js";
import type { StageMoment } from "./stage-player.js";

/** One of the two halves: what is drawn in it. */
export type HalfFrame = Omit<DrawingFrame, "size">;

/** Room for the two names above the halves, below the title, in CSS pixels. */
export const NAMES_HEIGHT = 40;

/** Draws one world twice, side by side in `size`, with a line between; neither half paints into the other. */
export function drawPair(
  context: CanvasRenderingContext2D,
  drawing: Drawing,
  size: { readonly width: number; readonly height: number },
  halves: readonly [HalfFrame, HalfFrame],
): void {
  const width = Math.floor(size.width / 2);
  const { height } = size;
  halves.forEach((half, i) => {
    context.save();
    context.translate(i * width, 0);
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    drawing.draw(context, { ...half, size: { width, height } });
    context.restore();
  });
  context.fillStyle = halves[0].palette["rule-2"];
  context.fillRect(width, 0, 1, height);
}

/** Where the two came apart, in a sentence: the first step at which they chose differently, and what each chose. */
export function partingText({ beside }: StageMoment, spec: EnvironmentSpec): string {
  if (!beside || beside.parting[0] === 0) return msg("Network and tree have done the same so far.");
  const [step, network, tree] = beside.parting;
  const nameOf = (action: number) =>
    spec.action.kind === "discrete" ? translated(spec.action.names[action] ?? "?") : String(action);
  return msg(str`They part at step ${formatInteger(step)} (network: ${nameOf(network)}; tree: ${nameOf(tree)}).`);
}

/** One of the two, as far as it has come. */
export interface Half {
  readonly step: number;
  readonly episodeReturn: number;
  readonly ending: number;
}

/** How far it has come, in the few words that a narrow half has room for. */
export function halfText({ episodeReturn, ending }: Half): string {
  const earned = formatSignificant(episodeReturn, 4);
  return ending === 0 ? msg(str`return ${earned}`) : msg(str`return ${earned}, ended`);
}

/** The same in full. */
export function halfSentence(half: Half): string {
  if (half.ending === 0) return halfText(half);
  return msg(str`return ${formatSignificant(half.episodeReturn, 4)}, ended at step ${formatInteger(half.step)}`);
}
