import { css } from "lit";

/** A table of figures that is read along its rows: a name at the left, numbers, and a bar or a unit beside them. */
export const figureTable = css`
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--t-small);
  }
  caption {
    padding: 2px 0 3px;
    text-align: left;
    color: var(--ink-3);
  }
  th,
  td {
    height: 23px;
    padding: 0;
    border-top: 1px solid var(--rule);
    font-weight: 400;
    white-space: nowrap;
  }
  th {
    text-align: left;
    color: var(--ink-2);
  }
  /* A long name takes another line rather than the numbers' room. */
  tbody th {
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .num {
    width: 64px;
    font-weight: var(--w-medium);
  }
`;

/** A {@link figureTable} of several columns of numbers under their heads. */
export const columnTable = [
  figureTable,
  css`
    th,
    td {
      padding-left: var(--x2);
      text-align: right;
    }
    th:first-child {
      padding-left: 0;
      text-align: left;
    }
    thead th {
      border: 0;
      color: var(--ink-3);
    }
  `,
];
