import type { OptionValues } from "../../core/options.js";
import { fillPolygon, type Point, strokeLine, writeText } from "../canvas.js";
import type { Drawing, DrawingFrame } from "../drawing.js";
import type { Palette } from "../palette.js";
import { actsIn, drawNode, FULL, type Network, networkOf, nodeState, type Parts, partsOf } from "./draw-node.js";
import { layoutOf, type Place } from "./layout.js";
import { SUPPLIER } from "./problem.js";
import { withRecentDemand } from "./recent-demand.js";
import { loadSales } from "./sales-shelf.js";
import { flowThrough } from "./tables.js";
import { drawEdge, thumbnail } from "./thumbnail.js";
import { inventoryProblemOf } from "./variant.js";
import { describeNetwork, LABELS, texts } from "./words.js";

type Context = CanvasRenderingContext2D;

/** Dashes of the ways that leave one node, so that those of two warehouses can be told apart. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 4]];

function drawEdges(context: Context, frame: DrawingFrame, scene: Scene): void {
  const { network, places, parts, roadsFit } = scene;
  const { problem, starts, flow, first } = network;
  const { palette, state } = frame;
  const acts = actsIn(frame);
  const entrance = (node: number): Point => [places[node].x, parts[node].zero - 2];
  // As high as what it supplies, on average.
  const supplied = problem.edges.filter(({ from }) => from === SUPPLIER).map(({ to }) => parts[to].zero);
  const level = supplied.reduce((sum, zero) => sum + zero, 0) / supplied.length - 12;
  const supplier: Point = [Math.max(18, places[0].x * 0.45), Math.min(level, frame.size.height - 34)];
  const sent = new Float64Array(problem.nodes.length);
  problem.edges.forEach(({ from, to }, i) => {
    const shipped = acts ? state[starts[starts.length - 1] + i] : 0;
    if (from !== SUPPLIER && to >= first) sent[from] += shipped / (FULL * flow[from]);
    if (!roadsFit && to >= first) return;
    const exit = from === SUPPLIER ? null : parts[from];
    const start: Point = exit ? [exit.tank.x + exit.tank.width + 4, exit.zero - 2] : supplier;
    const dash =
      from === SUPPLIER
        ? []
        : DASHES[Math.max(0, from - problem.nodes.findIndex(({ kind }) => kind === "warehouse")) % DASHES.length];
    drawEdge(context, palette, start, entrance(to), shipped / (FULL * flow[to]), dash);
  });
  if (!roadsFit) drawBundles(context, palette, scene, sent);
  drawSupplier(context, frame, supplier);
}

/** Ways to a block of stores: one from each node that supplies some, to a frame around them. */
function drawBundles(
  context: Context,
  palette: Palette,
  { network, places, parts }: Scene,
  sent: ArrayLike<number>,
): void {
  const { first, problem } = network;
  const stores = places.slice(first);
  const left = Math.min(...stores.map(({ x }) => x)) - 6;
  const top = Math.min(...stores.map(({ y }) => y)) - 3;
  const bottom = Math.max(...stores.map(({ y, height }) => y + height)) + 3;
  strokeLine(
    context,
    [
      [left + 4, top],
      [left, top],
      [left, bottom],
      [left + 4, bottom],
    ],
    { colour: palette["rule-2"], width: 1.5 },
  );
  for (let node = 0; node < first; node++) {
    if (!problem.edges.some(({ from, to }) => from === node && to >= first)) continue;
    const { tank, zero } = parts[node];
    const y = Math.max(top + 8, Math.min(bottom - 8, zero - 2));
    drawEdge(context, palette, [tank.x + tank.width + 4, zero - 2], [left, y], sent[node], []);
  }
}

function drawSupplier(context: Context, { palette, size, translate }: DrawingFrame, [x, y]: Point): void {
  const half = Math.max(7, Math.min(14, size.width * 0.018));
  // A works with a saw-tooth roof.
  fillPolygon(
    context,
    [
      [x - half, y + half],
      [x - half, y - half],
      [x, y - half * 0.3],
      [x, y - half],
      [x + half, y - half * 0.3],
      [x + half, y + half],
    ],
    palette["scene-body"],
  );
  if (size.width < 420) return;
  writeText(context, translate(LABELS.supplier), [Math.max(26, x), y + half + 14], {
    colour: palette["ink-3"],
    align: "center",
  });
}

/** Everything of one picture that does not change with the palette. */
interface Scene {
  readonly network: Network;
  readonly places: readonly Place[];
  readonly parts: readonly Parts[];
  readonly roadsFit: boolean;
}

function drawNetwork(context: Context, frame: DrawingFrame, drawn: Network): void {
  const { size } = frame;
  const { problem } = drawn;
  const network = problem.sales ? { ...drawn, flow: flowThrough(withRecentDemand(problem, frame.state)) } : drawn;
  const { places, roadsFit } = layoutOf(network.problem, size);
  const isLost = network.problem.unmet === "lost";
  const parts = places.map((place, index) => partsOf(place, !isLost && index >= network.first));
  context.clearRect(0, 0, size.width, size.height);
  drawEdges(context, frame, { network, places, parts, roadsFit });
  const acts = actsIn(frame);
  places.forEach((place, index) => {
    const node = nodeState(network, frame.state, index, acts);
    drawNode(context, frame, node, parts[index], place, isLost);
  });
}

function drawingOf(world: string): Drawing {
  const of = (options: OptionValues): Omit<Drawing, "variant"> => {
    const network = networkOf(inventoryProblemOf(world, options));
    return {
      draw: (context, frame) => drawNetwork(context, frame, network),
      describe: (state, action) => describeNetwork(withRecentDemand(network.problem, state), state, action),
      thumbnail,
      texts,
    };
  };
  const variant = async (options: OptionValues) => {
    await loadSales(options);
    return of(options);
  };
  return { ...of({}), variant };
}

/** Stock as levels, trucks by the period they arrive in, roads as thick as what went along them. */
export const drawing: Drawing = drawingOf("inventory");

/** The same for one store with whole orders. */
export const wholeDrawing: Drawing = drawingOf("inventory-whole");
