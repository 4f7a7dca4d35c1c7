import { MAX_LEAD_TIME } from "./check-problem.js";
import {
  type DraftNode,
  type DraftRoad,
  type NetworkDraft,
  numberText,
  reachedFrom,
  underscored,
} from "./network-draft.js";
import { isNodeName } from "./network-text.js";
import { SUPPLIER } from "./problem.js";

/** What a field of a draft has to be. */
export type DraftDemand =
  | "name"
  /** No other node's. */
  | "own-name"
  | "positive"
  | "not-negative"
  /** Whole, from 1 to {@link MAX_LEAD_TIME}. */
  | "lead-time"
  | "two-places"
  /** The first road between its places. */
  | "first-road";

/** The first field of a draft that cannot be used, by its row in `nodes` or `roads`. */
export type DraftRefusal =
  | { readonly table: "nodes"; readonly row: number; readonly field: keyof DraftNode; readonly demand: DraftDemand }
  | { readonly table: "roads"; readonly row: number; readonly field: keyof DraftRoad; readonly demand: DraftDemand };

/**
 * Checks every field by itself, names before numbers and nodes before roads; null where each can be used. Whether they
 * make a network together is for `parseNetwork` to say.
 */
export function checkDraft({ nodes, roads, settings }: NetworkDraft): DraftRefusal | null {
  const names = nodes.map(({ name }) => underscored(name));
  for (let row = 0; row < nodes.length; row++) {
    const isOwn = names.indexOf(names[row]) === row;
    const demand = !isNodeName(names[row]) ? "name" : isOwn ? null : "own-name";
    if (demand) return { table: "nodes", row, field: "name", demand };
  }
  for (let row = 0; row < nodes.length; row++) {
    const node = nodes[row];
    const ofStore = [
      ["under", "positive"],
      ["mean", "positive"],
      ...(settings["demand"] === "poisson" ? [] : [["std", "not-negative"] as const]),
    ] as const;
    for (const [field, demand] of [["hold", "not-negative"] as const, ...(node.kind === "store" ? ofStore : [])]) {
      if (!isMet(node[field], demand)) return { table: "nodes", row, field, demand };
    }
  }
  for (let row = 0; row < roads.length; row++) {
    const { from, to, leadTime, cost } = roads[row];
    const first = roads.findIndex((other) => other.from === from && other.to === to);
    if (from === to) return { table: "roads", row, field: "to", demand: "two-places" };
    if (first !== row) return { table: "roads", row, field: "to", demand: "first-road" };
    if (!isMet(leadTime, "lead-time")) return { table: "roads", row, field: "leadTime", demand: "lead-time" };
    if (!isMet(cost, "not-negative")) return { table: "roads", row, field: "cost", demand: "not-negative" };
  }
  return null;
}

/** What is wrong in a draft, where it is drawn. */
export interface DraftFaults {
  /** By id. */
  readonly nodes: ReadonlySet<number>;
  /** By row. */
  readonly roads: ReadonlySet<number>;
}

/**
 * The node or road that {@link checkDraft} refuses, and whatever keeps a draft from being a network: nodes that nothing
 * supplies, those that supply nothing though they are no stores, and the roads of a circle.
 */
export function draftFaults(draft: NetworkDraft): DraftFaults {
  const refusal = checkDraft(draft);
  const supplied = reachedFrom(draft, SUPPLIER);
  const isWrong = ({ id, kind }: DraftNode, row: number) =>
    (refusal?.table === "nodes" && refusal.row === row) ||
    !supplied.has(id) ||
    (kind !== "store" && draft.roads.every(({ from }) => from !== id));
  const goesAstray = ({ from, to }: DraftRoad, row: number) =>
    (refusal?.table === "roads" && refusal.row === row) || reachedFrom(draft, to).has(from);
  return {
    nodes: new Set(draft.nodes.filter(isWrong).map(({ id }) => id)),
    roads: new Set(draft.roads.flatMap((road, row) => (goesAstray(road, row) ? [row] : []))),
  };
}

function isMet(text: string, demand: "positive" | "not-negative" | "lead-time"): boolean {
  const typed = numberText(text);
  const number = Number(typed);
  if (typed === "" || !Number.isFinite(number)) return false;
  if (demand === "lead-time") return Number.isInteger(number) && number >= 1 && number <= MAX_LEAD_TIME;
  return demand === "positive" ? number > 0 : number >= 0;
}
