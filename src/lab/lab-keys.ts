import type { HandController } from "./hand-controller.js";

/** What a key does, by its name (`KeyboardEvent.key`). */
export type KeyActions = Readonly<Record<string, () => void>>;

/**
 * The lab's keys, as long as it is connected: its actions, and while a person plays the keys of the game.
 *
 * A key that belongs to the control in focus, and every key behind an open dialog, is left alone.
 */
export class LabKeys {
  private listening: EventTarget | null = null;

  constructor(
    /** Where dialogs may be open. */
    private readonly root: () => ParentNode,
    private readonly hand: HandController,
    private readonly isPlayed: () => boolean,
    private readonly actions: KeyActions,
  ) {}

  /** `scope` is where presses are heard: the element, or the whole page. */
  connect(scope: EventTarget): void {
    this.listening = scope;
    scope.addEventListener("keydown", this.onPress as EventListener);
    document.addEventListener("keyup", this.onRelease);
    addEventListener("blur", this.onBlur);
  }

  disconnect(): void {
    this.listening?.removeEventListener("keydown", this.onPress as EventListener);
    document.removeEventListener("keyup", this.onRelease);
    removeEventListener("blur", this.onBlur);
  }

  private readonly onPress = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (!(target instanceof Element) || ownsKey(target, event.key) || hasOpenDialog(this.root())) return;
    if (this.isPlayed() && this.hand.key(event)) {
      event.preventDefault();
      return;
    }
    const action = this.actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  private readonly onRelease = (event: KeyboardEvent): void => {
    if (this.hand.active) this.hand.key(event);
  };

  /** Keys that are let go elsewhere are never heard of. */
  private readonly onBlur = (): void => this.hand.releaseAll();
}

function hasOpenDialog(root: ParentNode): boolean {
  return [...root.querySelectorAll("*")].some(
    (element) => element.matches("dialog:modal") || (element.shadowRoot !== null && hasOpenDialog(element.shadowRoot)),
  );
}

/** Whether a key belongs to the control that has the focus: typing, and Space on what can be pressed. */
function ownsKey(target: Element, key: string): boolean {
  if (target.matches("input[type='text'], select, textarea, [contenteditable]")) return true;
  if (key.startsWith("Arrow") && target.matches("input, [role='tab'], [role='radio'], [role='slider']")) return true;
  return key === " " && target.matches("button, summary, a, input, [role='button']");
}
