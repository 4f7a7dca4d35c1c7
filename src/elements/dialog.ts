import { css } from "lit";

/** The sheet that every dialog is. */
export const dialog = css`
  dialog {
    border: 0;
    border-radius: var(--r-pop);
    background: var(--sheet);
    color: var(--ink);
    box-shadow: var(--depth-pop);
  }
  dialog::backdrop {
    background: #0006;
  }
`;

/** A dialog whose content scrolls below its head, which stays. */
export const scrollingDialog = css`
  ${dialog}
  dialog {
    width: max-content;
    padding: 0;
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
  }
  .head {
    padding: var(--x2) var(--x3) var(--x2) var(--x4);
    border-bottom: 1px solid var(--rule);
  }
  .scroll {
    overflow: auto;
  }
`;
