import { css, html } from "lit";
import type { VitrineElement } from "./element.js";

/** A row of tabs at the right of a head: buttons with `role="tab"`. */
export const tabStyles = css`
  .tabs {
    display: flex;
    margin-left: auto;
    overflow-x: auto;
    scrollbar-width: none;
  }
  .tabs button {
    height: 36px;
    padding: 0 5px;
    border: 0;
    border-bottom: 2px solid transparent;
    background: none;
    color: var(--ink-2);
    white-space: nowrap;
    cursor: pointer;
  }
  .tabs button:last-child {
    padding-right: 0;
  }
  .tabs button[aria-selected="true"] {
    border-color: var(--action);
    color: var(--action);
    font-weight: var(--w-strong);
  }
  .tabs button:focus-visible {
    outline-offset: -3px;
  }
`;

/** A list of tabs, each also the id of its button; the panel that they control has the id `panel`. */
export interface TabList<T extends string> {
  readonly label: string;
  readonly tabs: readonly T[];
  /** The one in front. */
  readonly tab: T;
  readonly title: (tab: T) => string;
  readonly select: (tab: T) => void;
}

/** The tabs in the shadow root of `host`, which arrows, Home and End walk through. */
export function tabList<T extends string>(host: VitrineElement, { label, tabs, tab, title, select }: TabList<T>) {
  const onKey = (event: KeyboardEvent): void => {
    const at = tabs.indexOf(tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    select(next);
    void host.updateComplete.then(() => host.renderRoot.querySelector<HTMLElement>(`#${next}`)?.focus());
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} @keydown=${onKey}>
    ${tabs.map(
      (one) => html`<button
        role="tab"
        id=${one}
        aria-selected=${one === tab}
        aria-controls="panel"
        tabindex=${one === tab ? 0 : -1}
        @click=${() => select(one)}
      >
        ${title(one)}
      </button>`,
    )}
  </div>`;
}
