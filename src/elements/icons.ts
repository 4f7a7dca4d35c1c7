import { html, svg } from "lit";

const icon = (body: unknown) =>
  html`<svg viewBox="0 0 14 14" fill="none" stroke="currentColor" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${body}</svg>`;

/** A display case with a pole balancing in it, lit: the mark of the house. */
export const wordmark = html`<svg viewBox="0 0 22 24" fill="none" aria-hidden="true">
  <rect x="3.5" y="1.5" width="15" height="17" stroke="currentColor" stroke-width="1.4" />
  <path d="M1 21.5h20" stroke="currentColor" stroke-width="3" />
  <path d="M11.5 17.5L8.6 8.2" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" />
  <circle cx="8.2" cy="7" r="2.3" fill="var(--lamp)" stroke="var(--lamp-edge)" stroke-width=".8" />
  <path d="M13.4 4.2l2.2 2.2M14.9 3.8l1.1 1.1" stroke="currentColor" stroke-width=".9" opacity=".55" />
</svg>`;

export const trainIcon = icon(svg`<circle cx="7" cy="7" r="4.6" fill="currentColor" stroke="none" />`);
export const pauseIcon = icon(svg`<path d="M3 2.5h2.8v9H3zM8.2 2.5H11v9H8.2z" fill="currentColor" stroke="none" />`);
export const stepIcon = icon(
  svg`<path d="M2.5 2.5L9 7l-6.5 4.5zM10 2.5h1.8v9H10z" fill="currentColor" stroke="none" />`,
);
export const resetIcon = icon(svg`<path d="M3.2 4.4A4.8 4.8 0 1 1 2.2 7M3 1.8v2.9h2.9" />`);
export const shareIcon = icon(svg`<path d="M7 8.5V1.5M4.2 4L7 1.5 9.8 4M2 8v4h10V8" />`);
export const tableIcon = icon(
  svg`<rect x="1.5" y="2.5" width="11" height="9" rx="1" /><path d="M1.5 5.5h11M1.5 8.5h11M5.5 5.5v6" />`,
);
export const diceIcon = icon(
  svg`<rect x="2" y="2" width="10" height="10" rx="2" /><g fill="currentColor" stroke="none"><circle cx="4.8" cy="4.8" r="1" /><circle cx="9.2" cy="9.2" r="1" /><circle cx="7" cy="7" r="1" /></g>`,
);
export const keyboardIcon = icon(
  svg`<rect x="1" y="3.5" width="12" height="7.5" rx="1" /><path d="M3.5 6h.1M5.8 6h.1M8.1 6h.1M10.4 6h.1M4.5 8.7h5" />`,
);
export const closeIcon = icon(svg`<path d="M3.5 3.5l7 7M10.5 3.5l-7 7" />`);
export const openIcon = icon(svg`<path d="M2 4.5h4l1.2 1.3H12V11H2z" />`);
export const saveIcon = icon(svg`<path d="M7 1.5v7M4.2 6L7 8.5 9.8 6M2 9.5V12h10V9.5" />`);
export const deleteIcon = icon(
  svg`<path d="M2.5 3.8h9M5.5 3.8V2.2h3v1.6M3.6 3.8l.6 8h5.6l.6-8M5.9 6v3.6M8.1 6v3.6" />`,
);

/** ● within its healthy range, ▲ outside, ■ stopped; the shape doubles the colour. */
export function verdictMark(verdict: "good" | "watch" | "bad", label: string) {
  const shape =
    verdict === "good"
      ? svg`<circle cx="5" cy="5" r="4.2" fill="var(--good)" />`
      : verdict === "watch"
        ? svg`<path d="M5 .8L9.6 9.2H.4z" fill="var(--watch)" />`
        : svg`<rect x="1" y="1" width="8" height="8" fill="var(--bad)" />`;
  return html`<svg class="verdict-mark" viewBox="0 0 10 10" width="10" height="10" role="img" aria-label=${label}>${shape}</svg>`;
}
