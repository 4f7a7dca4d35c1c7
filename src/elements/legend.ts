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
