import type { FigureRequest, Figures } from "./figure-request.js";

export type { FigureRequest, Figures } from "./figure-request.js";

const inventory = async () => (await import("./inventory/figures.js")).inventoryFigures;

/** Worlds with figures of their own, by id; their code is loaded when they are asked for. */
const FIGURES: Readonly<Record<string, () => Promise<(request: FigureRequest) => Promise<Figures>>>> = {
  inventory,
  "inventory-whole": inventory,
};

/** What a world has to say of a policy at the end of its training; nothing for most. It may take seconds. */
export async function finalFigures(request: FigureRequest): Promise<Figures> {
  const load = FIGURES[request.world];
  if (!load) return {};
  return (await load())(request);
}
