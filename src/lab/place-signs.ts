import { svg } from "lit";
import type { NodeKind } from "../envs/inventory/problem.js";

const STRIPES = [0, 1, 2, 3, 4] as const;
const STRIPE = 5.2;

/** What stands for a place, 26 × 24, as the stage draws it: works with a saw-tooth roof, a gable, an awning. */
export function placeSign(kind: NodeKind | "supplier") {
  switch (kind) {
    case "supplier":
      return svg`<path class="roof" d="M1 23V4L12.5 10V4L25 10V23z" />`;
    case "store":
      return svg`<path class="walls" d="M3 8V22.5H23V8" />
        <path class="roof" d="M0 1H26V4H0z" />
        ${STRIPES.map((i) => svg`<path class=${i % 2 === 0 ? "roof" : "light"} d="M${i * STRIPE} 4h${STRIPE}v4a${STRIPE / 2} ${STRIPE / 2} 0 0 1 ${-STRIPE} 0z" />`)}`;
    case "warehouse":
    case "echelon":
      return svg`<path class="walls" d="M3 10V22.5H23V10" /><path class="roof" d="M0 11L13 1L26 11z" />
        <path class="roof" d="M9 23V16H17V23z" />`;
    default:
      return kind satisfies never;
  }
}
