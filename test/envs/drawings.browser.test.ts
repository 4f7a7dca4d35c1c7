import { describe, expect, test } from "vitest";
import type { OptionValues } from "../../src/core/options.js";
import { loadDrawing } from "../../src/envs/drawings.js";
import {
  createVectorEnvironment,
  environments,
  findEnvironment,
  loadEnvironment,
  variantOf,
} from "../../src/envs/index.js";
import { PALETTE_ROLES, type Palette, paletteOf } from "../../src/envs/palette.js";
import { paramsStructOf } from "../../src/envs/params.js";

/** A colour for every role; which one does not matter here. */
const palette: Palette = paletteOf(
  Object.fromEntries(PALETTE_ROLES.map((role, i) => [role, `rgb(${i * 7}, 90, 120)`])),
);

interface Written {
  readonly text: string;
  readonly size: number;
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** A canvas's context that also notes every text written on it. */
function notingContext(width: number, height: number) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("expected a 2D context, got none");
  const written: Written[] = [];
  const fillText = context.fillText.bind(context);
  context.fillText = (text: string, x: number, y: number) => {
    const { actualBoundingBoxLeft, actualBoundingBoxRight } = context.measureText(text);
    const size = Number.parseFloat(/([\d.]+)px/.exec(context.font)?.[1] ?? "0");
    written.push({ text, size, left: x - actualBoundingBoxLeft, right: x + actualBoundingBoxRight, y });
    fillText(text, x, y);
  };
  return { context, written };
}

/** Share of pixels with paint on them. */
function painted(context: CanvasRenderingContext2D): number {
  const { data } = context.getImageData(0, 0, context.canvas.width, context.canvas.height);
  let count = 0;
  for (let i = 3; i < data.length; i += 4) count += data[i] > 0 ? 1 : 0;
  return (4 * count) / data.length;
}

await Promise.all(environments.map(loadEnvironment));

/** A text with any number in it. */
const numbered = (text: string) => text.replace(/\d+/g, "#");

/** Every world with its default options, and of those that have many shapes a few more. */
const SHOWN: readonly (readonly [id: string, options: OptionValues])[] = [
  ...environments.map(({ spec }) => [spec.id, {}] as const),
  ["inventory", { setting: "serial" }],
  ["inventory", { setting: "transshipment", numStores: 4 }],
  ["inventory", { setting: "many-warehouses" }],
  ["inventory", { setting: "one-warehouse", numStores: 50 }],
];

describe.each(SHOWN.map(([id, options]) => [id, JSON.stringify(options), options] as const))(
  "the picture of %s %s",
  (id, _, options) => {
    const environment = variantOf(findEnvironment(id), options);
    const { spec } = environment;
    const params = paramsStructOf(spec, options);
    const env = createVectorEnvironment(environment, { numEnvs: 1, seed: 2, options });
    const start = env.stateOf(0);
    // The last action, or the highest in each dimension, does something in every world at the start of this seed.
    const { action } = spec;
    const last = action.kind === "discrete" ? [action.names.length - 1] : action.features.map(({ high }) => high);
    env.step(Float32Array.from(last));
    const later = env.finalStateOf(0);

    test.each([
      [700, 430],
      [390, 230],
      [200, 140],
    ])(
      "at %i × %i has paint, readable text within its edges, and leaves the context as it was",
      async (width, height) => {
        const drawing = await loadDrawing(id, options);
        const { context, written } = notingContext(width, height);
        drawing.draw(context, {
          size: { width, height },
          state: later,
          ghosts: [start, later],
          action: last,
          params,
          palette,
          translate: (text) => `«${text}»`,
        });
        expect(painted(context)).toBeGreaterThan(0.01);
        for (const { text, size, left, right, y } of written) {
          expect(size).toBeGreaterThanOrEqual(11);
          expect([text, left >= 0, right <= width, y > 0, y <= height]).toEqual([text, true, true, true, true]);
          // Whatever holds a word has gone through translation; numbers and units have not.
          if (!/[a-z]{3}/i.test(text)) continue;
          // Where room is scarce, a text may end early.
          const begins = numbered(text).replace(/…$/, "");
          expect(drawing.texts.filter((known) => `«${numbered(known)}»`.startsWith(begins))).not.toEqual([]);
        }
        expect([context.globalAlpha, context.globalCompositeOperation]).toEqual([1, "source-over"]);
        expect(context.getLineDash()).toEqual([]);
        expect(context.getTransform().isIdentity).toBe(true);
      },
    );

    test("moves with the state, and shows the action", async () => {
      const drawing = await loadDrawing(id, options);
      const pictures = [
        { state: start, action: null },
        { state: later, action: null },
        { state: later, action: last },
      ].map(({ state, action }) => {
        const { context } = notingContext(420, 260);
        const size = { width: 420, height: 260 };
        drawing.draw(context, { size, state, ghosts: [], action, params, palette, translate: (text) => text });
        return context.canvas.toDataURL();
      });
      expect(new Set(pictures).size).toBe(3);
    });

    test("has a thumbnail without text", async () => {
      const drawing = await loadDrawing(id, options);
      const { context, written } = notingContext(106, 60);
      drawing.thumbnail(context, { width: 106, height: 60 }, palette);
      expect(painted(context)).toBeGreaterThan(0.03);
      expect(written).toEqual([]);
    });
  },
);
