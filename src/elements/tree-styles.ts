import { css } from "lit";

/** How a tree looks; the lamp is on the path of the current step, and nowhere else. */
export const treeStyles = css`
  :host {
    display: block;
    min-width: 0;
  }
  .bar {
    display: flex;
    align-items: center;
    font-size: var(--t-small);
    color: var(--ink-3);
  }
  .tree {
    position: relative;
  }
  .tree > svg {
    position: absolute;
    inset: 0;
    overflow: visible;
  }
  .edge {
    fill: none;
    stroke: var(--faint);
  }
  .edge.glow {
    stroke: var(--lamp);
    stroke-width: 8;
  }
  .edge.lit {
    stroke: var(--lamp-ink);
    stroke-width: 1.75;
  }
  .node {
    position: absolute;
    transform: translateY(-50%);
    display: grid;
    gap: 0;
    padding: 2px 7px;
    border: 1px solid var(--rule-2);
    border-radius: var(--r-chip);
    background: var(--sheet);
    color: var(--ink);
    font-size: var(--t-small);
    line-height: 1.25;
    text-align: left;
    cursor: pointer;
  }
  .node:hover {
    border-color: var(--edge);
  }
  .node:focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
    z-index: 1;
  }
  .node[aria-selected="true"] {
    border-color: var(--action);
    box-shadow: 0 0 0 1px var(--action);
  }
  .name,
  .bound {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .split .name {
    color: var(--ink-2);
  }
  .bound {
    font-weight: var(--w-strong);
  }
  .leaf {
    grid-template-columns: 1fr auto;
    align-items: center;
    gap: 4px;
    padding: 3px 9px;
    border-radius: 12px;
  }
  .share {
    font-size: var(--t-tick);
    color: var(--ink-3);
  }
  .side {
    font-size: var(--t-tick);
    color: var(--ink-3);
  }
  .now {
    font-size: var(--t-tick);
    font-weight: var(--w-strong);
    color: var(--lamp-edge);
    white-space: nowrap;
  }
  /* The edges show which side it is, and there is no room for units; a reader of the names is told both. */
  .drawn .side,
  .drawn .unit {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .drawn .node {
    padding: 2px 5px;
    font-size: var(--t-tick);
  }
  .drawn .leaf {
    padding: 4px 8px;
  }
  .drawn .split .name {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    white-space: normal;
  }
  .drawn .now {
    position: absolute;
    top: 100%;
    left: 0;
    right: 0;
    text-align: center;
  }
  .split.lit {
    border-color: var(--lamp-edge);
    background: var(--lamp-wash);
  }
  .split.lit .name,
  .split.lit .side {
    color: var(--ink);
  }
  .leaf.lit {
    border-color: var(--lamp-edge);
    background: var(--lamp);
    color: var(--lamp-ink);
    font-weight: var(--w-strong);
  }
  .leaf.lit .share,
  .leaf.lit .side {
    color: var(--lamp-ink);
  }
  .outline .node {
    display: flex;
    align-items: center;
    gap: 6px;
    min-height: 32px;
  }
  /* A name may be cut, a number not. */
  .outline .bound {
    flex: none;
  }
  .outline .share,
  .outline .now {
    margin-left: auto;
  }
  .path {
    display: grid;
    gap: 2px;
    font-size: var(--t-small);
  }
  mark {
    padding: 1px 5px;
    border-radius: var(--r-chip);
    background: var(--lamp);
    color: var(--lamp-ink);
    font-weight: var(--w-strong);
  }
  .empty {
    font-size: var(--t-small);
    color: var(--ink-2);
  }
  /* At the lower edge of whatever scrolls: a large tree must not hide what it was clicked for. */
  .editor {
    position: sticky;
    z-index: 2;
    bottom: calc(-1 * var(--x3));
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 6px;
    margin-top: var(--x2);
    padding: 4px 0;
    border-top: 1px solid var(--rule);
    background: var(--sheet);
    font-size: var(--t-small);
  }
  .editor label {
    display: inline-flex;
    align-items: center;
    gap: var(--x1);
  }
  .editor .btn {
    padding: 0 6px;
  }
  .editor input {
    width: 9ch;
    text-align: right;
  }
`;
