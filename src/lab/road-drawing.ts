import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Point } from "../elements/network-geometry.js";

/** A road that is being drawn. */
export interface NewRoad {
  readonly from: number;
  /** Where it may lead to, by id, in the order in which they are drawn. */
  readonly targets: readonly number[];
  readonly to: number | null;
  /** Of the pointer that draws it; null where keys or a tap choose its end. */
  readonly pointer: Point | null;
}

/** What a drawing of roads asks of its picture. */
export interface RoadPicture extends ReactiveControllerHost {
  targetsOf(from: number): readonly number[];
  /** A pointer on the picture, and the place that it is at. */
  locate(event: PointerEvent): { readonly pointer: Point; readonly place: number | null };
  /** A road is wanted. */
  addRoad(from: number, to: number): void;
  /** None is wanted after all. */
  dropRoad(): void;
  /** Keys are to choose the end of a road from here. */
  awaitKeys(from: number): void;
}

/** A pointer that went down on a place. */
interface Press {
  readonly from: number;
  readonly x: number;
  readonly y: number;
  readonly onPort: boolean;
}

/** A pointer that moves less has not been dragged. */
const SLACK = 4;

/** Draws a road from one place to another: by a pointer that is dragged, or from a place on by keys and taps. */
export class RoadDrawing implements ReactiveController {
  /** Null while none is drawn. */
  current: NewRoad | null = null;
  /** Whether the pointer was dragged since it went down: what follows is no click. */
  dragged = false;
  private press: Press | null = null;

  constructor(private readonly picture: RoadPicture) {
    picture.addController(this);
  }

  hostDisconnected(): void {
    this.end();
  }

  /** A pointer goes down on a place, or on the port where roads begin. */
  down(event: PointerEvent, from: number, onPort: boolean): void {
    this.dragged = false;
    // A finger on the place itself scrolls; only a port is dragged by one.
    const canDrag = onPort || event.pointerType === "mouse";
    if (!canDrag || event.button !== 0 || !event.isPrimary || this.picture.targetsOf(from).length === 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.press = { from, x: event.clientX, y: event.clientY, onPort };
  }

  move(event: PointerEvent): void {
    const { press } = this;
    if (!press) return;
    if (!this.dragged) {
      if (Math.hypot(event.clientX - press.x, event.clientY - press.y) < SLACK) return;
      this.dragged = true;
      this.start(press.from);
    }
    // It may have been given up while the button is still down.
    if (!this.current) return;
    const { pointer, place } = this.picture.locate(event);
    const to = place !== null && this.current.targets.includes(place) ? place : null;
    this.set({ ...this.current, pointer, to });
  }

  up(): void {
    const { press } = this;
    this.press = null;
    if (!press) return;
    if (this.dragged) this.finish();
    else if (press.onPort) this.tap(press.from);
  }

  /** A port was tapped: one ends a road as its place does, else begins one. */
  private tap(place: number): void {
    if (this.current?.targets.includes(place)) this.finish(place);
    else if (this.current?.from === place) this.giveUp();
    else this.begin(place, null);
  }

  /** The pointer was taken away, by a scroll or a dialog. */
  lost(): void {
    if (this.press && this.dragged) this.giveUp();
    this.press = null;
  }

  /** Begins a road whose end keys or a tap choose, at first `to`. */
  begin(from: number, to: number | null): void {
    this.start(from);
    if (this.current) this.set({ ...this.current, to });
    this.picture.awaitKeys(from);
  }

  /** A key while a road is drawn: whether it meant something. */
  key({ key, repeat }: KeyboardEvent): boolean {
    const { current } = this;
    if (!current) return false;
    if (key === "Enter" || key === " ") {
      if (!repeat) this.finish();
      return true;
    }
    const at = nextInRing(key, current.to === null ? -1 : current.targets.indexOf(current.to), current.targets.length);
    if (at === null) return false;
    this.set({ ...current, pointer: null, to: current.targets[at] });
    return true;
  }

  /** Ends the road where it leads to, or at a place that was tapped. */
  finish(to = this.current?.to ?? null): void {
    const { current } = this;
    if (!current) return;
    if (to === null || !current.targets.includes(to)) {
      this.giveUp();
      return;
    }
    this.end();
    this.picture.addRoad(current.from, to);
  }

  giveUp(): void {
    if (!this.current) return;
    this.end();
    this.picture.dropRoad();
  }

  private start(from: number): void {
    this.set({ from, targets: this.picture.targetsOf(from), to: null, pointer: null });
    window.addEventListener("keydown", this.onEscape, true);
  }

  private end(): void {
    this.set(null);
    window.removeEventListener("keydown", this.onEscape, true);
  }

  /** Wherever the focus is, and before the dialog hears of it, which would close. */
  private readonly onEscape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.giveUp();
  };

  private set(road: NewRoad | null): void {
    this.current = road;
    this.picture.requestUpdate();
  }
}

/** Where a key leads in a ring of so many; null where it leads nowhere. */
export function nextInRing(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return (at + 1) % count;
    case "ArrowLeft":
    case "ArrowUp":
      return at <= 0 ? count - 1 : at - 1;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
