import { networkText, roadText, SUPPLIER_NAME } from "./network-text.js";
import { type DemandModel, type InventoryProblem, type NodeKind, SUPPLIER } from "./problem.js";

/**
 * A network while a person changes it: texts as they were typed, which need not make a network yet.
 *
 * Roads know their nodes by id, since a name may be empty or another node's while it is typed.
 */
export interface NetworkDraft {
  readonly nodes: readonly DraftNode[];
  readonly roads: readonly DraftRoad[];
  /** Settings of the notation, `unmet` to `lost`. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface DraftNode {
  /** 0 or more, and no other node's. */
  readonly id: number;
  readonly kind: NodeKind;
  readonly name: string;
  readonly hold: string;
  /** A store's alone, as are `mean` and `std`. */
  readonly under: string;
  readonly mean: string;
  readonly std: string;
  readonly keeps: boolean;
}

export interface DraftRoad {
  /** A node's id, or {@link SUPPLIER}. */
  readonly from: number;
  /** A node's id. */
  readonly to: number;
  readonly leadTime: string;
  readonly cost: string;
}

/** A name as the notation has it. */
export const underscored = (name: string) => name.trim().replaceAll(" ", "_");

/** A number as it was typed, with a point where a comma may stand. */
export const numberText = (text: string) => text.trim().replace(",", ".").replace("−", "-");

/** A problem to be changed. Demand that is recorded becomes normal demand of the same mean and spread. */
export function draftOf(problem: InventoryProblem): NetworkDraft {
  const { nodes, edges } = problem;
  const demand: DemandModel = { ...problem.demand, kind: problem.sales ? "normal" : problem.demand.kind };
  const first = nodes.findIndex(({ kind }) => kind === "store");
  const lines = networkText({ ...problem, demand }).split("\n");
  return {
    nodes: nodes.map(({ kind, name, holdingCost, underageCost, holdsStock }, index) => {
      const isStore = kind === "store";
      return {
        id: index,
        kind,
        name,
        hold: String(holdingCost),
        under: isStore ? String(underageCost) : "",
        mean: isStore ? String(demand.mean[index - first]) : "",
        std: isStore ? String(demand.std[index - first]) : "",
        keeps: holdsStock,
      };
    }),
    roads: edges.map(({ from, to, leadTime, cost }) => ({
      from,
      to,
      leadTime: String(leadTime),
      cost: String(cost),
    })),
    settings: Object.fromEntries(lines[lines.length - 1].split(" ").map((word) => word.split("="))),
  };
}

/** What a place is called that roads know by its id. */
export function nameOf({ nodes }: NetworkDraft, id: number): string {
  return id === SUPPLIER ? SUPPLIER_NAME : (nodes.find((node) => node.id === id)?.name ?? "");
}

/** The draft in the notation that `parseNetwork` reads: a statement for each node, then each road, then the settings. */
export function textOf(draft: NetworkDraft): string {
  const { nodes, roads, settings } = draft;
  const words = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([key, value]) => [key, numberText(value)]).flatMap(([key, value]) => (value ? [`${key}=${value}`] : []));
  const nodeTexts = nodes.map(({ kind, name, hold, under, mean, std, keeps }) => {
    const ofStore = [["under", under], ["mean", mean], ...(settings["demand"] === "poisson" ? [] : [["std", std]])];
    const pairs = kind === "store" ? [["hold", hold], ...ofStore] : [["hold", hold]];
    const rest = kind === "warehouse" && !keeps ? ["keeps=no"] : [];
    return [kind, underscored(name), ...words(pairs as [string, string][]), ...rest].join(" ");
  });
  const roadTexts = roads.map(({ from, to, leadTime, cost }) => {
    const price = Number(numberText(cost)) === 0 ? [] : words([["cost", cost]]);
    return [
      `${roadText(underscored(nameOf(draft, from)), underscored(nameOf(draft, to)))}:${numberText(leadTime)}`,
      ...price,
    ].join(" ");
  });
  return [...nodeTexts, ...roadTexts, words(Object.entries(settings)).join(" ")].join("; ");
}

/** Another store or warehouse, with a name of its own and a road from whoever can supply it. */
export function withNode(draft: NetworkDraft, kind: "store" | "warehouse"): NetworkDraft {
  const taken = new Set(draft.nodes.map(({ name }) => name));
  let number = 1;
  while (taken.has(`${kind} ${number}`)) number++;
  const name = `${kind} ${number}`;
  const numbers =
    kind === "store" ? { hold: "1", under: "9", mean: "5", std: "2" } : { hold: "0.3", under: "", mean: "", std: "" };
  const id = Math.max(-1, ...draft.nodes.map((node) => node.id)) + 1;
  const from = kind === "store" ? draft.nodes.find((node) => node.kind === "warehouse")?.id : undefined;
  return {
    ...draft,
    nodes: [...draft.nodes, { id, kind, name, ...numbers, keeps: true }],
    roads: [...draft.roads, { from: from ?? SUPPLIER, to: id, leadTime: "2", cost: "0" }],
  };
}

/** The draft without a node and the roads that begin or end there. */
export function withoutNode(draft: NetworkDraft, id: number): NetworkDraft {
  return {
    ...draft,
    nodes: draft.nodes.filter((node) => node.id !== id),
    roads: draft.roads.filter(({ from, to }) => from !== id && to !== id),
  };
}

/** The draft with changed texts of a node. */
export function withChangedNode(draft: NetworkDraft, id: number, change: Partial<Omit<DraftNode, "id">>): NetworkDraft {
  return { ...draft, nodes: draft.nodes.map((node) => (node.id === id ? { ...node, ...change } : node)) };
}

/** The draft with one more road, between two places that need one; null where none is missing. */
export function withRoad(draft: NetworkDraft): NetworkDraft | null {
  const ends = missingRoad(draft);
  return ends && { ...draft, roads: [...draft.roads, { ...ends, leadTime: "2", cost: "0" }] };
}

/** Nodes that a road from a place may lead to, by id: those that close no circle, and those it leads to already. */
export function targetsOf(draft: NetworkDraft, from: number): number[] {
  const isSource = from === SUPPLIER || draft.nodes.some(({ id, kind }) => id === from && kind !== "store");
  if (!isSource) return [];
  const ids = draft.nodes.map(({ id }) => id).filter((id) => id !== from);
  return ids.filter((to) => roadBetween(draft, { from, to }) >= 0 || !closesCircle(draft, { from, to }));
}

/** The draft with a road between two places, and its row; the draft itself where it has one, null where none may be. */
export function withRoadBetween(draft: NetworkDraft, from: number, to: number): [NetworkDraft, row: number] | null {
  if (!targetsOf(draft, from).includes(to)) return null;
  const row = roadBetween(draft, { from, to });
  if (row >= 0) return [draft, row];
  return [{ ...draft, roads: [...draft.roads, { from, to, leadTime: "2", cost: "0" }] }, draft.roads.length];
}

/** The draft without one of its roads. */
export function withoutRoad(draft: NetworkDraft, row: number): NetworkDraft {
  return { ...draft, roads: draft.roads.filter((_, other) => other !== row) };
}

/** The draft with other ends or changed texts of a road. */
export function withChangedRoad(draft: NetworkDraft, row: number, change: Partial<DraftRoad>): NetworkDraft {
  return { ...draft, roads: draft.roads.map((road, other) => (other === row ? { ...road, ...change } : road)) };
}

type Ends = Pick<DraftRoad, "from" | "to">;

/** Row of the first road between two places; −1 where there is none. */
const roadBetween = ({ roads }: NetworkDraft, { from, to }: Ends) =>
  roads.findIndex((road) => road.from === from && road.to === to);

/**
 * The ends of a road that a draft lacks: out of a warehouse that supplies nothing, else into a node that nothing
 * supplies, else between any two; never a circle.
 */
function missingRoad(draft: NetworkDraft): Ends | null {
  const { nodes, roads } = draft;
  const stores = nodes.filter(({ kind }) => kind === "store").map(({ id }) => id);
  const others = nodes.filter(({ kind }) => kind !== "store").map(({ id }) => id);
  const leavesNone = (id: number) => roads.every(({ from }) => from !== id);
  const reachesNone = (id: number) => roads.every(({ to }) => to !== id);
  // Stores are supplied by warehouses first, warehouses by the supplier.
  const pairs = [
    ...stores.flatMap((to) => [...others, SUPPLIER].map((from) => ({ from, to }))),
    ...others.flatMap((to) => [SUPPLIER, ...others].map((from) => ({ from, to }))),
  ].filter((pair) => roadBetween(draft, pair) < 0 && !closesCircle(draft, pair));
  const out = pairs.filter(({ from }) => from !== SUPPLIER && leavesNone(from));
  return out.find(({ to }) => reachesNone(to)) ?? out[0] ?? pairs.find(({ to }) => reachesNone(to)) ?? pairs[0] ?? null;
}

/** Whether the roads already lead from the end of a new one to its beginning. */
const closesCircle = (draft: NetworkDraft, { from, to }: Ends) => reachedFrom(draft, to).has(from);

/** A place and all that its roads lead to, by id. */
export function reachedFrom({ roads }: NetworkDraft, place: number): Set<number> {
  const reached = new Set([place]);
  // A set grows while it is walked through.
  for (const node of reached) for (const road of roads) if (road.from === node) reached.add(road.to);
  return reached;
}
