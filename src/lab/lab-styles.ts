import { css } from "lit";

/** The plate on which the lab's parts lie, for three widths of the lab itself. */
export const labStyles = css`
  :host {
    display: block;
    container: lab / inline-size;
    background: var(--wall);
    text-rendering: optimizeLegibility;
  }
  .lab {
    display: grid;
    grid-template:
      "bar bar bar" auto
      "setup centre insight" minmax(560px, 1fr)
      "setup curves insight" 84px
      "setup curves runs" 120px
      / 252px minmax(0, 1fr) 436px;
    height: 100%;
    min-height: inherit;
  }
  vitrine-bar {
    grid-area: bar;
  }
  vitrine-setup {
    grid-area: setup;
    min-height: 0;
    border-right: 1px solid var(--rule-2);
  }
  .centre {
    grid-area: centre;
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    padding: var(--x4) var(--x4) 0;
  }
  vitrine-stage {
    flex: 1;
  }
  vitrine-reward-strip {
    margin: 0 calc(-1 * var(--x4));
    padding: 0 var(--x4) 6px;
    border-top: 1px solid var(--rule-2);
    background: var(--sheet);
  }
  .insight {
    grid-area: insight;
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    border-left: 1px solid var(--rule-2);
    background: var(--sheet);
    overflow: hidden auto;
    scrollbar-width: thin;
    scrollbar-color: var(--faint) transparent;
  }
  .insight > * {
    flex: none;
    padding: 0 var(--x4);
  }
  .insight > * + * {
    border-top: 1px solid var(--rule);
  }
  .insight vitrine-chart {
    flex: 1 1 150px;
    min-height: 146px;
  }
  vitrine-diagnosis {
    padding-bottom: 6px;
  }
  /* Of one height, whatever it shows: a tree that arrives must not move what is above it. What is left goes to it. */
  .insight vitrine-readable {
    flex: 4 0 338px;
    padding-bottom: var(--x3);
    overflow: hidden auto;
    scrollbar-width: thin;
    scrollbar-color: var(--faint) transparent;
  }
  .curves {
    grid-area: curves;
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    padding: 0 var(--x4);
    border-top: 1px solid var(--rule-2);
    background: var(--sheet);
  }
  .curves vitrine-chart {
    flex: 1;
    padding-bottom: 6px;
  }
  .curves select {
    width: auto;
    max-width: 190px;
    height: 24px;
    font-size: var(--t-small);
  }
  vitrine-run-list {
    grid-area: runs;
    min-width: 0;
    padding: 0 var(--x4);
    border-top: 1px solid var(--rule-2);
    border-left: 1px solid var(--rule-2);
    background: var(--sheet);
  }

  /* Narrower desks: what it learned goes under the stage. */
  @container lab (max-width: 1299px) {
    .lab {
      grid-template:
        "bar bar" auto
        "setup centre" 648px
        "setup insight" auto
        "setup curves" 204px
        "setup runs" auto
        / 252px minmax(0, 1fr);
      height: auto;
    }
    .insight,
    vitrine-run-list {
      border-left: 0;
      border-top: 1px solid var(--rule-2);
    }
    .insight {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      overflow: visible;
    }
    .insight vitrine-chart {
      grid-column: 1 / -1;
      min-height: 240px;
    }
    .insight vitrine-readable {
      flex: none;
      overflow: visible;
      border-left: 1px solid var(--rule);
    }
    vitrine-run-list {
      max-height: 260px;
    }
  }
  @container lab (max-width: 960px) {
    .insight {
      display: flex;
    }
    .insight vitrine-readable {
      border-left: 0;
    }
    .insight vitrine-chart {
      flex: none;
      height: 240px;
    }
  }

  /* A phone, or an embed of its width: one column, the stage first. */
  @container lab (max-width: 760px) {
    .lab {
      display: flex;
      flex-direction: column;
      /* Where it is known, the focus follows what is seen. */
      reading-flow: flex-visual;
    }
    vitrine-setup {
      order: 5;
      border: 0;
      border-top: 1px solid var(--rule-2);
    }
    .centre {
      padding: 0 var(--x4);
    }
    vitrine-stage {
      flex: none;
      height: 300px;
      margin: 0 calc(-1 * var(--x4));
    }
    .curves {
      order: 3;
      height: 230px;
    }
    .insight {
      order: 2;
      border-left: 0;
    }
    vitrine-run-list {
      order: 4;
      border-left: 0;
    }
  }
`;
