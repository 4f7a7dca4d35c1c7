import { msg, str } from "@lit/localize";
import { html } from "lit";
import { closeIcon } from "../elements/icons.js";
import type { DraftRefusal } from "../envs/inventory/check-draft.js";
import {
  type DraftNode,
  type NetworkDraft,
  withChangedNode,
  withChangedRoad,
} from "../envs/inventory/network-draft.js";
import { draftFieldTitle, roadName } from "./draft-refusals.js";

export type NodeField = "name" | "hold" | "under" | "mean" | "std";
export type RoadField = "leadTime" | "cost";

/** A draft that takes the place of the one before. */
export type ChangeDraft = (draft: NetworkDraft) => void;

/** Texts of a node that a draft needs; all but the first two are a store's. */
export function nodeFields({ settings }: NetworkDraft): readonly NodeField[] {
  return settings["demand"] === "poisson"
    ? ["name", "hold", "under", "mean"]
    : ["name", "hold", "under", "mean", "std"];
}

/** Whether a node has such a text. */
export const hasField = ({ kind }: DraftNode, key: NodeField) => kind === "store" || key === "name" || key === "hold";

/** The input of one text of a node, by the node's row. */
export function nodeField(
  draft: NetworkDraft,
  row: number,
  key: NodeField,
  wrong: DraftRefusal | null,
  change: ChangeDraft,
) {
  const node = draft.nodes[row];
  // A name that is being changed names nothing.
  const label = key === "name" ? `${msg("Name")} ${row + 1}` : `${node.name}: ${draftFieldTitle(key)}`;
  const isWrong = wrong?.table === "nodes" && wrong.row === row && wrong.field === key;
  return field(label, node[key], isWrong, (value) => change(withChangedNode(draft, node.id, { [key]: value })));
}

/** The input of one text of a road, by the road's row. */
export function roadField(
  draft: NetworkDraft,
  row: number,
  key: RoadField,
  wrong: DraftRefusal | null,
  change: ChangeDraft,
) {
  const road = draft.roads[row];
  const isWrong = wrong?.table === "roads" && wrong.row === row && wrong.field === key;
  const label = `${roadName(draft, road)}: ${draftFieldTitle(key)}`;
  return field(label, road[key], isWrong, (value) => change(withChangedRoad(draft, row, { [key]: value })));
}

const field = (label: string, value: string, wrong: boolean, change: (value: string) => void) =>
  html`<input type="text" autocomplete="off" spellcheck="false" aria-label=${label} aria-invalid=${wrong} .value=${value} @input=${(event: Event) => change((event.target as HTMLInputElement).value)} />`;

/** The button that removes a row of a table. */
export const removeButton = (name: string, act: () => void) =>
  html`<button class="icon-btn" title=${msg("Remove")} aria-label=${msg(str`Remove ${name}`)} @click=${act}>${closeIcon}</button>`;
