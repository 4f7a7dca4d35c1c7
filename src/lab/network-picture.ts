import { msg, str } from "@lit/localize";
import { html, nothing, svg } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { controls } from "../elements/controls.js";
import { VitrineElement } from "../elements/element.js";
import { translated } from "../elements/localise.js";
import { type Point, pathOf, roadCurve } from "../elements/network-geometry.js";
import { checkDraft, type DraftFaults, draftFaults } from "../envs/inventory/check-draft.js";
import {
  type NetworkDraft,
  targetsOf,
  withoutNode,
  withoutRoad,
  withRoadBetween,
} from "../envs/inventory/network-draft.js";
import { SUPPLIER } from "../envs/inventory/problem.js";
import { hasField, nodeField, nodeFields, roadField } from "./draft-fields.js";
import {
  type DraftLayout,
  type DrawnPlace,
  type DrawnRoad,
  entranceOf,
  exitOf,
  HALF,
  layoutDraft,
  placeAt,
} from "./draft-layout.js";
import { draftFieldTitle, placeName, roadName } from "./draft-refusals.js";
import { pictureStyles } from "./network-picture-styles.js";
import { placeSign } from "./place-signs.js";
import { nextInRing, RoadDrawing, type RoadPicture } from "./road-drawing.js";

/** A place by its id, or a road by its row. */
export type DraftItem =
  | { readonly kind: "place"; readonly id: number }
  | { readonly kind: "road"; readonly row: number };

/** Where names are written smaller. */
const NARROW = 480;

const keyOf = (item: DraftItem) => (item.kind === "place" ? `place ${item.id}` : `road ${item.row}`);

/**
 * A network in the making, drawn, to be changed in place: a road is dragged from one place to another, a road or a node
 * that is chosen has its texts below.
 *
 * A road is begun with Enter, too, and by a tap on the port of its place; arrow keys or a tap choose its end.
 *
 * @fires draft-change - `detail` is the changed `NetworkDraft`.
 */
@customElement("vitrine-network-picture")
export class NetworkPicture extends VitrineElement implements RoadPicture {
  static override styles = [controls, pictureStyles];

  @property({ attribute: false }) draft: NetworkDraft | null = null;
  @state() private width = 0;
  @state() private selected: DraftItem | null = null;
  /** The one place or road that Tab reaches. */
  @state() private focused: DraftItem = { kind: "place", id: SUPPLIER };
  /** What came of the last road. */
  @state() private said = "";
  /** What is to have the focus as soon as it is drawn. */
  private awaited: DraftItem | null = null;
  private drawn: { readonly draft: NetworkDraft; readonly width: number; readonly layout: DraftLayout } | null = null;
  private readonly drawing = new RoadDrawing(this);
  private resizePending = 0;
  private readonly sizes = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    cancelAnimationFrame(this.resizePending);
    // With the next frame: a new width means a new height, which the observer must not see within its own round.
    this.resizePending = requestAnimationFrame(() => {
      this.width = width;
    });
  });

  /** Chooses a place or a road, whose texts then stand below. */
  select(item: DraftItem | null): void {
    this.selected = item;
    if (item) this.focused = item;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
    cancelAnimationFrame(this.resizePending);
  }

  override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get("draft") as NetworkDraft | null | undefined;
    if (!before || !this.draft) return;
    this.selected = this.selected && stillThere(this.selected, before, this.draft);
    this.focused = stillThere(this.focused, before, this.draft) ?? { kind: "place", id: SUPPLIER };
  }

  /** Rows of roads change when one is gone, and a button that is moved to its new place loses the focus. */
  override update(changed: Map<string, unknown>): void {
    const before = (this.renderRoot as ShadowRoot).activeElement;
    super.update(changed);
    const isLost = before?.matches("[data-key]") && !(this.renderRoot as ShadowRoot).activeElement;
    if (isLost) this.awaited ??= this.focused;
  }

  /** By script: the page's own policy forbids styles in markup. */
  override updated(): void {
    for (const placed of this.renderRoot.querySelectorAll<HTMLElement>("[data-place]")) {
      placed.style.cssText = placed.dataset["place"] ?? "";
    }
    const awaited = this.awaited && this.elementOf(this.awaited);
    if (!awaited) return;
    this.awaited = null;
    awaited.focus();
  }

  override render() {
    const { draft } = this;
    if (!draft) return nothing;
    return html`
      <div class="view">${this.width > 0 ? this.canvas(draft, this.layoutOf(draft)) : nothing}</div>
      <p class="said" role="status">${this.status(draft)}</p>
      ${this.selected ? this.chosen(draft, this.selected) : nothing}
    `;
  }

  private layoutOf(draft: NetworkDraft): DraftLayout {
    // Less the frame.
    const width = this.width - 2;
    if (this.drawn?.draft !== draft || this.drawn.width !== width) {
      this.drawn = { draft, width, layout: layoutDraft(draft, width) };
    }
    return this.drawn.layout;
  }

  private canvas(draft: NetworkDraft, layout: DraftLayout) {
    const faults = draftFaults(draft);
    const { width, height, roads } = layout;
    const size = `width:${width}px;height:${height}px`;
    return html`<div
      class="canvas ${this.drawing.current ? "linking" : ""} ${width < NARROW ? "narrow" : ""}"
      role="group"
      aria-label=${msg("The network")}
      data-place=${size}
      @keydown=${(event: KeyboardEvent) => this.onKey(event, draft, layout)}
      @focusout=${this.onFocusOut}
      @click=${(event: Event) => this.onBlankClick(event)}
    >
      <svg class="lines" width=${width} height=${height} aria-hidden="true">
        ${roads.map((road) => this.line(road, faults))}
      </svg>
      ${repeat(
        itemsOf(layout),
        ([item]) => keyOf(item),
        ([, drawn]) => ("way" in drawn ? this.chip(draft, drawn, faults) : this.place(draft, drawn, faults)),
      )}
      <svg class="lines new" width=${width} height=${height} aria-hidden="true">${this.newLine(layout)}</svg>
    </div>`;
  }

  private line({ row, way, tip }: DrawnRoad, { roads }: DraftFaults) {
    const item = { kind: "road", row } as const;
    return svg`<g class="line ${this.look(item, roads.has(row))}" @click=${(event: Event) => this.onRoadClick(event, item)}>
      <path class="reach" d=${way} /><path class="road" d=${way} /><path class="tip" d=${arrow(tip)} />
    </g>`;
  }

  /** The road that is being drawn, to the pointer or to the place that is aimed at. */
  private newLine({ places }: DraftLayout) {
    const newRoad = this.drawing.current;
    const from = places.find(({ id }) => id === newRoad?.from);
    const to = places.find(({ id }) => id === newRoad?.to);
    const end = to ? entranceOf(to) : newRoad?.pointer;
    if (!from || !end) return nothing;
    return svg`<g class="line new"><path class="road" d=${pathOf([roadCurve(exitOf(from), end)])} /><path class="tip" d=${arrow(end)} /></g>`;
  }

  private chip(draft: NetworkDraft, { row, label }: DrawnRoad, { roads }: DraftFaults) {
    const item = { kind: "road", row } as const;
    const leadTime = draft.roads[row].leadTime.trim() || "?";
    const name = msg(str`${roadName(draft, draft.roads[row])}, lead time ${leadTime}`);
    const isBad = roads.has(row);
    return html`<button
      class="chip ${this.look(item, isBad)}"
      data-key=${keyOf(item)}
      data-place="left:${label.x}px;top:${label.y}px"
      title=${name}
      aria-label=${isBad ? refused(name) : name}
      aria-pressed=${this.isSelected(item)}
      tabindex=${this.tabIndexOf(item)}
      @focus=${() => this.onFocus(item)}
      @click=${(event: Event) => this.onRoadClick(event, item)}
    ><span>${leadTime}</span></button>`;
  }

  private place(draft: NetworkDraft, place: DrawnPlace, { nodes }: DraftFaults) {
    const { id, kind, x, y, nameWidth } = place;
    const item = { kind: "place", id } as const;
    const newRoad = this.drawing.current;
    const name = placeName(draft, id) || "?";
    const says = describePlace(draft, place, name);
    const isBad = nodes.has(id);
    const role = newRoad?.from === id ? "from" : newRoad?.targets.includes(id) ? "may" : "";
    const isStore = kind === "store";
    const [left, most] = isStore ? [x - HALF.x - 3, nameWidth + 39] : [x, nameWidth];
    const spot = `left:${left}px;top:${y - HALF.y - 3}px;max-width:${most}px`;
    return html`<button
        class="place ${isStore ? "store" : ""} ${this.look(item, isBad)} ${role} ${newRoad?.to === id ? "aim" : ""}"
        data-key=${keyOf(item)}
        data-place=${spot}
        title=${name}
        aria-label=${isBad ? refused(says) : says}
        aria-pressed=${this.isSelected(item)}
        tabindex=${this.tabIndexOf(item)}
        @focus=${() => this.onFocus(item)}
        @pointerdown=${(event: PointerEvent) => this.drawing.down(event, id, false)}
        @pointermove=${(event: PointerEvent) => this.drawing.move(event)}
        @pointerup=${() => this.drawing.up()}
        @lostpointercapture=${() => this.drawing.lost()}
        @click=${(event: MouseEvent) => this.onPlaceClick(event, id)}
      ><svg aria-hidden="true">${placeSign(kind)}</svg><span class="name">${name}</span></button>
      ${isStore ? nothing : this.port(place)}`;
  }

  /** Where a road is begun. Keys begin one at the place itself. */
  private port(place: DrawnPlace) {
    const { id } = place;
    const { x, y } = exitOf(place);
    return html`<span
      class="port"
      aria-hidden="true"
      data-place="left:${x + 6}px;top:${y}px"
      title=${msg("Drag a road from here")}
      @pointerdown=${(event: PointerEvent) => this.drawing.down(event, id, true)}
      @pointermove=${(event: PointerEvent) => this.drawing.move(event)}
      @pointerup=${() => this.drawing.up()}
      @lostpointercapture=${() => this.drawing.lost()}
    ></span>`;
  }

  private status(draft: NetworkDraft) {
    const newRoad = this.drawing.current;
    if (!newRoad) {
      if (this.said !== "") return this.said;
      return html`${msg("Drag from the ring of a place to another place for a road; the number on it is its lead time. Select a road or a place to change it.")}
        <span class="keys">${msg("Keys: arrows move, Enter begins a road, Space selects, Delete removes a road.")}</span>`;
    }
    const from = placeName(draft, newRoad.from);
    if (newRoad.to === null) return msg(str`A road from ${from}: where to?`);
    const name = roadName(draft, { ...newRoad, to: newRoad.to, leadTime: "", cost: "" });
    return newRoad.pointer
      ? name
      : msg(str`${name}? Arrows choose another place, Enter ends the road, Escape gives it up.`);
  }

  /** The texts of what is selected, as in the tables, and what else can be done with it. */
  private chosen(draft: NetworkDraft, item: DraftItem) {
    const wrong = checkDraft(draft);
    const change = (next: NetworkDraft) => this.change(next);
    const labelled = (key: Parameters<typeof draftFieldTitle>[0], input: unknown) =>
      html`<label class=${key}>${draftFieldTitle(key)} ${input}</label>`;
    if (item.kind === "road") {
      const { row } = item;
      const road = draft.roads[row];
      if (!road) return nothing;
      return html`<div class="chosen">
        <h3>${roadName(draft, road)}</h3>
        ${(["leadTime", "cost"] as const).map((key) => labelled(key, roadField(draft, row, key, wrong, change)))}
        <button class="btn" @click=${() => this.removeRoad(draft, row)}>${msg("Remove")}</button>
      </div>`;
    }
    const begin = html`<button class="btn" @click=${() => this.drawing.begin(item.id, null)}>${msg("Road from here")}</button>`;
    if (item.id === SUPPLIER) return html`<div class="chosen"><h3>${placeName(draft, SUPPLIER)}</h3>${begin}</div>`;
    const row = draft.nodes.findIndex(({ id }) => id === item.id);
    const node = draft.nodes[row];
    if (!node) return nothing;
    const keys = nodeFields(draft).filter((key) => hasField(node, key));
    return html`<div class="chosen">
      <h3>${node.name.trim() === "" ? translated(node.kind) : msg(str`${placeName(draft, node.id)} (${translated(node.kind)})`)}</h3>
      ${keys.map((key) => labelled(key, nodeField(draft, row, key, wrong, change)))}
      ${node.kind === "store" ? nothing : begin}
      <button class="btn" @click=${() => this.removeNode(draft, node.id)}>${msg("Remove")}</button>
    </div>`;
  }

  private onPlaceClick(event: MouseEvent, id: number): void {
    const { drawing } = this;
    // The click that ends a drag; a key's has no detail.
    if (drawing.dragged && event.detail > 0) return;
    if (!drawing.current) this.choose({ kind: "place", id });
    else if (drawing.current.from === id) drawing.giveUp();
    else if (drawing.current.targets.includes(id)) drawing.finish(id);
  }

  private onRoadClick(event: Event, item: DraftItem): void {
    event.stopPropagation();
    if (this.drawing.current) return;
    this.choose(item);
    this.focusOn(item);
  }

  private onBlankClick(event: Event): void {
    if (event.target !== event.currentTarget && !(event.target as Element).matches(".lines")) return;
    if (this.drawing.dragged) return;
    if (this.drawing.current) this.drawing.giveUp();
    else this.select(null);
  }

  private choose(item: DraftItem): void {
    this.said = "";
    this.select(item);
  }

  private onKey(event: KeyboardEvent, draft: NetworkDraft, layout: DraftLayout): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const done = this.drawing.current ? this.drawing.key(event) : this.act(event, draft, layout);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** A key while no road is drawn: whether it meant something. */
  private act({ key, repeat }: KeyboardEvent, draft: NetworkDraft, layout: DraftLayout): boolean {
    const { focused } = this;
    const isSource = focused.kind === "place" && targetsOf(draft, focused.id).length > 0;
    if (key === "Enter") {
      if (repeat) return true;
      if (isSource) this.beginRoad(draft, focused.id);
      else void this.editFirst(focused);
      return true;
    }
    if (key === "Delete" || key === "Backspace") {
      const road = focused.kind === "road" ? focused : this.selected;
      if (road?.kind === "road") this.removeRoad(draft, road.row);
      return true;
    }
    const items = itemsOf(layout).map(([item]) => item);
    const at = nextInRing(
      key,
      items.findIndex((item) => keyOf(item) === keyOf(focused)),
      items.length,
    );
    if (at === null) return false;
    this.focused = items[at];
    this.focusOn(this.focused);
    return true;
  }

  /** Selects something and goes to its first text. */
  private async editFirst(item: DraftItem): Promise<void> {
    this.choose(item);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>(".chosen input")?.select();
  }

  /** Begins a road to be ended by keys or a tap, at first at a place where none leads yet. */
  private beginRoad({ roads }: NetworkDraft, from: number): void {
    const targets = this.targetsOf(from);
    const isNew = (to: number) => !roads.some((road) => road.from === from && road.to === to);
    this.drawing.begin(from, targets.find(isNew) ?? targets[0] ?? null);
  }

  targetsOf(from: number): number[] {
    const { draft } = this;
    if (!draft) return [];
    const allowed = targetsOf(draft, from);
    return this.layoutOf(draft).places.flatMap(({ id }) => (allowed.includes(id) ? [id] : []));
  }

  locate({ clientX, clientY }: PointerEvent): { readonly pointer: Point; readonly place: number | null } {
    const canvas = this.renderRoot.querySelector(".canvas")?.getBoundingClientRect();
    const pointer = { x: clientX - (canvas?.left ?? 0), y: clientY - (canvas?.top ?? 0) };
    const place = this.draft && placeAt(this.layoutOf(this.draft), pointer);
    return { pointer, place: place ? place.id : null };
  }

  awaitKeys(from: number): void {
    this.focusOn({ kind: "place", id: from });
  }

  dropRoad(): void {
    this.said = msg("No road was added. One leads to a warehouse or a store, and never back to where it came from.");
  }

  addRoad(from: number, to: number): void {
    const { draft } = this;
    const made = draft && withRoadBetween(draft, from, to);
    if (!made) return;
    const [changed, row] = made;
    if (changed !== draft) this.change(changed);
    const name = roadName(changed, changed.roads[row]);
    this.said = changed === draft ? msg(str`${name}: this road is there already.`) : msg(str`${name}: added.`);
    this.select({ kind: "road", row });
    this.focusOn({ kind: "road", row });
  }

  private onFocus(item: DraftItem): void {
    if (keyOf(item) !== keyOf(this.focused)) this.focused = item;
  }

  private onFocusOut(event: FocusEvent): void {
    const to = event.relatedTarget;
    // Some browsers focus no button that is tapped: nothing is no other place.
    const leaves = to instanceof Node && !(event.currentTarget as Node).contains(to);
    const { current } = this.drawing;
    if (current && !current.pointer && leaves) this.drawing.giveUp();
  }

  private removeRoad(draft: NetworkDraft, row: number): void {
    const road = draft.roads[row];
    this.takeAway(roadName(draft, road), withoutRoad(draft, row), road.from);
  }

  private removeNode(draft: NetworkDraft, id: number): void {
    this.takeAway(placeName(draft, id), withoutNode(draft, id), SUPPLIER);
  }

  /** Something is gone: the focus goes to a place that stays. */
  private takeAway(name: string, rest: NetworkDraft, place: number): void {
    this.said = msg(str`${name}: removed.`);
    this.select(null);
    this.change(rest);
    this.focused = { kind: "place", id: place };
    this.focusOn(this.focused);
  }

  private focusOn(item: DraftItem): void {
    this.awaited = item;
    this.requestUpdate();
  }

  private change(draft: NetworkDraft): void {
    this.tell<NetworkDraft>("draft-change", draft);
  }

  private elementOf(item: DraftItem): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-key="${keyOf(item)}"]`);
  }

  private isSelected(item: DraftItem): boolean {
    return this.selected !== null && keyOf(this.selected) === keyOf(item);
  }

  private tabIndexOf(item: DraftItem): 0 | -1 {
    return keyOf(item) === keyOf(this.focused) ? 0 : -1;
  }

  private look(item: DraftItem, isBad: boolean): string {
    return `${isBad ? "bad" : ""} ${this.isSelected(item) ? "selected" : ""}`;
  }
}

/** Every place, each followed by the roads that leave it: the order in which keys go through them. */
function itemsOf({ places, roads }: DraftLayout): (readonly [DraftItem, DrawnPlace | DrawnRoad])[] {
  return places.flatMap((place) => [
    [{ kind: "place", id: place.id }, place] as const,
    ...roads
      .filter(({ from }) => from === place.id)
      .toSorted((a, b) => a.tip.y - b.tip.y)
      .map((road) => [{ kind: "road", row: road.row }, road] as const),
  ]);
}

/** The same place or road in a changed draft; null where it is gone. */
function stillThere(item: DraftItem, before: NetworkDraft, { nodes, roads }: NetworkDraft): DraftItem | null {
  if (item.kind === "place") return item.id === SUPPLIER || nodes.some(({ id }) => id === item.id) ? item : null;
  const row = roads.indexOf(before.roads[item.row]);
  if (row >= 0) return { kind: "road", row };
  // Its own texts were changed, or it is the one that was added.
  const isSame = roads.length === before.roads.length || item.row >= before.roads.length;
  return isSame && item.row < roads.length ? item : null;
}

const arrow = ({ x, y }: Point) => `M${x} ${y}l-7 -4v8z`;

const refused = (name: string) => msg(str`${name}, to be mended`);

/** `warehouse 1, warehouse, 2 roads out`. */
function describePlace({ roads }: NetworkDraft, { id, kind }: DrawnPlace, name: string): string {
  if (kind === "supplier") return `${name}, ${roadsOut(roads.filter(({ from }) => from === id).length)}`;
  const count = roads.filter((road) => (kind === "store" ? road.to : road.from) === id).length;
  return `${name}, ${translated(kind)}, ${kind === "store" ? roadsIn(count) : roadsOut(count)}`;
}

const roadsOut = (count: number) => (count === 1 ? msg("1 road out") : msg(str`${count} roads out`));

const roadsIn = (count: number) => (count === 1 ? msg("1 road in") : msg(str`${count} roads in`));
