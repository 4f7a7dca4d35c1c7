import { css } from "lit";

/** What every element of the lab shares: text, native controls, tables, and the focus ring. */
export const controls = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    color: var(--ink);
    font: 400 var(--t-body) / var(--lh-ui) var(--font-ui);
    font-variant-numeric: tabular-nums;
    text-align: start;
    /* What text inherits from a foreign page. */
    letter-spacing: normal;
    word-spacing: normal;
    text-transform: none;
    text-indent: 0;
    white-space: normal;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure,
  table,
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
    min-width: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
    font-variant-numeric: inherit;
  }
  svg,
  canvas {
    display: block;
  }
  a {
    color: var(--action);
    text-underline-offset: 2px;
    text-decoration-thickness: 1px;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
    border-radius: var(--r-chip);
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .num {
    text-align: right;
    white-space: nowrap;
  }
  .dim {
    color: var(--ink-3);
  }
  .btn {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    height: var(--control);
    padding: 0 10px;
    background: var(--sheet);
    border: 1px solid var(--edge);
    border-radius: var(--r-control);
    font-weight: var(--w-medium);
    white-space: nowrap;
    cursor: pointer;
    transition: background var(--m-press);
  }
  .btn:hover {
    background: var(--hover);
  }
  .btn.primary {
    background: var(--action);
    border-color: var(--action);
    color: var(--action-ink);
  }
  .btn.quiet {
    background: none;
    border-color: transparent;
    color: var(--action);
  }
  .btn.quiet:hover {
    background: var(--hover);
  }
  .btn:disabled,
  .icon-btn:disabled {
    opacity: 0.45;
    cursor: default;
  }
  .btn svg {
    width: 14px;
    height: 14px;
    flex: none;
  }
  .icon-btn {
    display: inline-grid;
    place-items: center;
    width: 24px;
    height: 24px;
    padding: 0;
    border: 0;
    background: none;
    border-radius: var(--r-control);
    color: var(--ink-3);
    cursor: pointer;
  }
  .icon-btn:hover {
    background: var(--hover);
    color: var(--ink);
  }
  .icon-btn svg {
    width: 14px;
    height: 14px;
  }
  input[type="text"],
  select {
    height: 26px;
    width: 100%;
    padding: 0 6px;
    background: var(--sheet);
    border: 1px solid var(--edge);
    border-radius: var(--r-control);
  }
  select {
    padding-right: 2px;
  }
  input[type="range"] {
    accent-color: var(--action);
    height: 20px;
    margin: 0;
  }
  input[type="checkbox"] {
    accent-color: var(--action);
    width: 14px;
    height: 14px;
    margin: 0;
  }
  kbd {
    font: var(--t-tick) / 1 var(--font-ui);
    color: inherit;
    opacity: 0.8;
  }
  .head {
    display: flex;
    align-items: center;
    gap: var(--x2);
    min-height: 36px;
  }
  .head h2 {
    flex: none;
    font-size: var(--t-body);
    font-weight: var(--w-strong);
    white-space: nowrap;
  }
  .head p {
    min-width: 0;
    color: var(--ink-3);
    font-size: var(--t-small);
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .push {
    margin-left: auto;
  }
  .palette-probe {
    position: absolute;
    visibility: hidden;
    color: var(--ink);
    transition: color 1ms;
  }
  @media (pointer: coarse) {
    input[type="text"],
    select {
      height: var(--control);
      font-size: 16px;
    }
    .icon-btn {
      width: 40px;
      height: 40px;
    }
  }
`;
