import { css, nothing, svg } from "lit";
import { translated } from "./localise.js";
import { pathOf, placesInColumns, roadCurve } from "./network-geometry.js";

const WIDTH = 400;
/** Height of a node, within limits of the whole. */
const ROW = 40;
const [LEAST_HEIGHT, MOST_HEIGHT] = [96, 190];
/** More nodes than this have no names: they would cover one another. */
const MANY_NODES = 8;
/** Widths of lines, of what changes nothing and of the largest change. */
const [THIN, THICK] = [0.75, 6];

/** Nodes as they are drawn. */
export interface NetworkNodes {
  readonly names: readonly string[];
  /** Which column each stands in, from the supplier's, 0, on; the stores stand in the last. */
  readonly columns: readonly number[];
}

/** An edge of the supply graph, and what its message does; an end of −1 is the supplier or customers. */
export interface NetworkEdge {
  readonly source: number;
  readonly target: number;
  /** Share of the largest change, −1 to 1. */
  readonly share: number;
}

/** Lines of {@link networkPicture}. */
export const networkStyles = css`
  .edge {
    fill: none;
    stroke: var(--s1);
    stroke-linecap: round;
  }
  .edge.less {
    stroke: var(--s2);
    stroke-dasharray: 1 7;
  }
  .edge.still {
    stroke: var(--rule-2);
  }
  .edge.chosen {
    stroke: var(--lamp);
    stroke-width: 12;
    stroke-linecap: butt;
  }
  .node {
    fill: var(--sheet);
    stroke: var(--ink-2);
    stroke-width: 1.5;
  }
  .name {
    text-anchor: middle;
    paint-order: stroke;
    stroke: var(--sheet);
    stroke-width: 3;
    fill: var(--ink-2);
  }
`;

/**
 * An inventory network from the supplier at the left to customers at the right. Each edge is as wide as its message
 * changes the order along edge `chosen`, which is lit: whole where it adds, dotted where it takes off.
 */
export function networkPicture(nodes: NetworkNodes, edges: readonly NetworkEdge[], chosen: number, label: string) {
  const { names, columns } = nodes;
  const storeColumn = Math.max(...columns);
  const count = (column: number) => columns.filter((other) => other === column).length;
  const most = Math.max(...columns.map(count));
  const height = Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, ROW * most));
  const at = (column: number) => 26 + (column * (WIDTH - 52)) / (storeColumn + 1);
  const places = placesInColumns(columns, { at, top: 10, height: height - 14 });
  const supplier = { x: at(0), y: height / 2 };
  const wayOf = ({ source, target }: NetworkEdge): string => {
    const from = places[source] ?? supplier;
    if (source === target) return `M${from.x - 5} ${from.y - 4}a7 7 0 1 1 10 0`;
    const to = places[target] ?? { x: at(storeColumn + 1), y: from.y };
    return pathOf([roadCurve(from, to)]);
  };
  const name = (text: string, { x, y }: { readonly x: number; readonly y: number }) =>
    names.length > MANY_NODES ? nothing : svg`<text class="name" x=${x} y=${y + 17}>${translated(text)}</text>`;
  const last = { x: at(storeColumn + 1), y: height / 2 };
  return svg`<svg class="plot" viewBox="0 0 ${WIDTH} ${height + 8}" role="img" aria-label=${label}>
    <path class="edge chosen" d=${wayOf(edges[chosen])} />
    ${edges.map((edge) => {
      const size = Math.abs(edge.share);
      const kind = size < 0.01 ? "still" : edge.share < 0 ? "less" : "more";
      return svg`<path class="edge ${kind}" d=${wayOf(edge)} stroke-width=${THIN + (THICK - THIN) * size} />`;
    })}
    ${[supplier, ...places].map(({ x, y }) => svg`<circle class="node" cx=${x} cy=${y} r=${most > MANY_NODES ? 3 : 5} />`)}
    ${name("supplier", supplier)} ${names.map((text, i) => name(text, places[i]))} ${name("customers", last)}
  </svg>`;
}
