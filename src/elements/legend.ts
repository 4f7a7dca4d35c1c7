import { css } from "lit";

/** The list below a picture that says which colour and pattern is which; keys are small canvases. */
export const legend = css`
  ul {
    display: flex;
    flex-wrap: wrap;
    gap: 2px var(--x4);
    padding-top: 4px;
    font-size: var(--t-small);
    color: var(--ink-2);
  }
  li {
    display: inline-flex;
    align-items: center;
    gap: 5px;
  }
`;

/** A drawing with axes, and the line of its keys. */
export const drawing = css`
  .plot {
    width: 100%;
    font-size: 11px;
    fill: var(--ink-3);
    overflow: visible;
  }
  .grid {
    stroke: var(--rule);
  }
  .keys {
    display: flex;
    flex-wrap: wrap;
    font-size: var(--t-small);
    color: var(--ink-2);
  }
  /* In one line with the button of the table. */
  .keys.with-table {
    flex-wrap: nowrap;
    gap: var(--x2);
  }
  .with-table .icon-btn {
    margin-left: auto;
  }
  .keys b {
    font-weight: var(--w-medium);
    color: var(--ink);
  }
  .keys svg {
    display: inline-block;
    width: 11px;
    height: 11px;
    margin-right: 4px;
    vertical-align: -1px;
  }
`;
