import { css } from "lit";

/**
 * Every colour, size and duration of the lab, as custom properties of the outermost element.
 *
 * One `light-dark()` pair per role. The colour scheme is the page's own; `theme="light"`, `"dark"` or `"system"` on
 * the element overrules it, so that an embed can differ from its page. A page changes a role by setting the property
 * on the element. Contrasts: ink 14:1, ink-2 7:1, ink-3 4.5:1 at least; edge 3:1 on wall and sheet.
 */
export const tokens = css`
  :host {
    --wall: light-dark(#f2f2ef, #111315);
    --sheet: light-dark(#fcfcfb, #181b1e);
    --well: light-dark(#ecece8, #0e1012);
    --glass: light-dark(#f8faf9, #0b0d0f);
    --hover: light-dark(#e9e9e4, #23272b);

    --ink: light-dark(#191c20, #ebebe7);
    --ink-2: light-dark(#4a4f55, #b3b8bc);
    --ink-3: light-dark(#5f656b, #8f969b);
    --faint: light-dark(#b9bcb9, #4b5157);

    --rule: light-dark(#dededa, #2a2e32);
    --rule-2: light-dark(#c6c7c2, #3d4348);
    --edge: light-dark(#82878b, #737a80);

    /* What can be pressed, what is chosen. */
    --action: light-dark(#1c4b8c, #9cc2f3);
    --action-ink: light-dark(#ffffff, #0c1726);
    --action-wash: light-dark(#e4ecf7, #1b2a3d);
    --focus: light-dark(#1c4b8c, #9cc2f3);

    /* The lamp: what happens now, and nothing else. */
    --lamp: light-dark(#ffd84a, #f5cb47);
    --lamp-wash: light-dark(#fff1b8, #3d3311);
    --lamp-edge: light-dark(#80620a, #f5cb47);
    --lamp-ink: #1d1a0e;

    /* Verdicts, always with their shape: ● ▲ ■. */
    --good: light-dark(#1d6f4a, #6fcf9f);
    --watch: light-dark(#a8420a, #f79a66);
    --bad: light-dark(#ab1530, #ff8d98);

    /* Eight series that stay apart for protanopia, deuteranopia and tritanopia; series n goes with dash and mark n. */
    --s1: light-dark(#0d74a7, #56aee4);
    --s2: light-dark(#c6712c, #f4aa6f);
    --s3: light-dark(#1d418d, #5674ba);
    --s4: light-dark(#a54368, #d683a0);
    --s5: light-dark(#329e96, #acf0bc);
    --s6: light-dark(#6c4e00, #a87d28);
    --s7: light-dark(#9480e0, #dfc7ff);
    --s8: light-dark(#443a3d, #7c7174);

    /* Paint for worlds. */
    --scene-sky: light-dark(#e3ebee, #1a2329);
    --scene-ground: light-dark(#e6e9df, #171b17);
    --scene-grass: light-dark(#cfdcc3, #233022);
    --scene-foliage: light-dark(#9fb894, #3a5138);
    --scene-road: light-dark(#c9cccd, #31363a);
    --scene-paint: light-dark(#ffffff, #9aa1a6);
    --scene-build: light-dark(#d6cfc4, #3a352e);
    --scene-body: light-dark(#3f474f, #cfd4d8);
    --scene-other: light-dark(#7d8a95, #7c8790);
    --scene-wood: light-dark(#b07a43, #cf9a63);
    --scene-shade: light-dark(#20262c1f, #00000066);
    --scene-lava: light-dark(#c9482b, #e2694a);
    --scene-goal: light-dark(#d9a514, #f5cb47);
    --scene-water: light-dark(#b9d3df, #21404e);

    --font-ui: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
    --font-label: Charter, "Bitstream Charter", "Iowan Old Style", "Sitka Text", Cambria, Georgia, serif;
    --t-tick: 11px;
    --t-small: 12px;
    --t-body: 13px;
    --t-value: 16px;
    --t-display: 22px;
    --lh-ui: 1.4;
    --w-medium: 500;
    --w-strong: 600;

    --x1: 4px;
    --x2: 8px;
    --x3: 12px;
    --x4: 16px;
    --x5: 20px;
    --x6: 24px;
    --control: 28px;

    --r-chip: 3px;
    --r-control: 4px;
    --r-glass: 6px;
    --r-pop: 8px;

    --depth-glass: inset 0 0 0 1px light-dark(#00000024, #ffffff1f), inset 0 2px 0 light-dark(#ffffff, #ffffff0d);
    --depth-pop: 0 0 0 1px light-dark(#00000014, #ffffff1a), 0 8px 24px light-dark(#0000001f, #00000080);

    --m-press: 80ms;
    --m-move: 200ms;
    --m-lamp: 120ms;
    --m-ease: cubic-bezier(0.2, 0, 0, 1);
  }
  :host([theme="system"]) {
    color-scheme: light dark;
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
  @media (pointer: coarse) {
    :host {
      --control: 44px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    :host {
      --m-press: 0ms;
      --m-move: 0ms;
      --m-lamp: 0ms;
    }
  }
  @media (prefers-contrast: more) {
    :host {
      --ink-2: var(--ink);
      --ink-3: var(--ink);
      --rule: var(--edge);
      --rule-2: var(--edge);
      --faint: var(--edge);
    }
  }
`;
