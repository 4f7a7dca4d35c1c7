import { msg, str } from "@lit/localize";
import { translated } from "../elements/localise.js";
import type { DraftDemand, DraftRefusal } from "../envs/inventory/check-draft.js";
import { MAX_LEAD_TIME } from "../envs/inventory/check-problem.js";
import { type NetworkDraft, nameOf } from "../envs/inventory/network-draft.js";
import { SUPPLIER } from "../envs/inventory/problem.js";

/** What a place of a draft is called on the page. */
export function placeName(draft: NetworkDraft, id: number): string {
  return id === SUPPLIER ? translated(nameOf(draft, id)) : nameOf(draft, id).trim();
}

/** A road by its two ends. */
export const roadName = (draft: NetworkDraft, { from, to }: NetworkDraft["roads"][number]) =>
  `${placeName(draft, from)} → ${placeName(draft, to)}`;

/** The heading of a field's column. */
export function draftFieldTitle(field: DraftRefusal["field"]): string {
  switch (field) {
    case "name":
      return msg("Name");
    case "hold":
      return msg("Holding cost");
    case "under":
      return msg("Underage cost");
    case "mean":
      return msg("Mean demand");
    case "std":
      return msg("Demand spread");
    case "from":
      return msg("From");
    case "to":
      return msg("To");
    case "leadTime":
      return msg("Lead time");
    case "cost":
      return msg("Cost per unit");
    default:
      return field;
  }
}

/** Why a field of a draft cannot be used: the node or the road, the field, what is allowed, what was given. */
export function draftRefusal(draft: NetworkDraft, refusal: DraftRefusal): string {
  const { field, demand } = refusal;
  const place = `${placeOf(draft, refusal)}, ${draftFieldTitle(field)}`;
  return msg(str`${place}: expected ${demandText(demand)}, got ${givenText(draft, refusal)}`);
}

function placeOf(draft: NetworkDraft, { table, row, field }: DraftRefusal): string {
  if (table === "roads") return roadName(draft, draft.roads[row]);
  const node = draft.nodes[row];
  // A name that cannot be used does not say which node; what was given says it, and the picture shows it in red.
  return field === "name" ? msg(str`a ${translated(node.kind)}`) : node.name.trim();
}

function demandText(demand: DraftDemand): string {
  switch (demand) {
    case "name":
      return msg("letters, digits, spaces, _ and -, a letter first, and not supplier");
    case "own-name":
      return msg("a name that no other node has");
    case "positive":
      return msg("a number above 0");
    case "not-negative":
      return msg("a number of 0 or more");
    case "lead-time":
      return msg(str`a whole number of periods from 1 to ${MAX_LEAD_TIME}`);
    case "two-places":
      return msg("a place other than where the road begins");
    case "first-road":
      return msg("a place that has no road from there yet");
    default:
      return demand satisfies never;
  }
}

function givenText(draft: NetworkDraft, refusal: DraftRefusal): string {
  const { table, row } = refusal;
  if (table === "roads" && refusal.field === "to") return placeName(draft, draft.roads[row].to);
  const given = table === "nodes" ? draft.nodes[row][refusal.field] : draft.roads[row][refusal.field];
  const typed = String(given).trim();
  return typed === "" ? msg("nothing") : msg(str`"${typed}"`);
}
