import { css } from "lit";

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

/** The tab that a key leads to from the one in front, as arrows, Home and End do in any list of tabs; null for others. */
export function tabAfter<T>({ key }: KeyboardEvent, tabs: readonly T[], tab: T): T | null {
  const at = tabs.indexOf(tab);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[key];
  return to === undefined ? null : tabs[(to + tabs.length) % tabs.length];
}
