import type { DecisionNodes } from "../compute/trees/tree.js";

/** Where a node stands, in pixels; `y` is its middle. */
export interface PlacedNode {
  readonly node: number;
  /** -1 for the root. */
  readonly parent: number;
  readonly level: number;
  readonly isLeaf: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A tree laid out for one width. */
export interface TreeLayout {
  /** `drawn`: from left to right, a column per level. `outline`: a line per node, indented. */
  readonly kind: "drawn" | "outline";
  /** In pre-order. */
  readonly nodes: readonly PlacedNode[];
  readonly height: number;
}

const LEAF_ROW = 36;
const OUTLINE_ROW = 44;
const INDENT = 14;
const COLUMN_GAP = 18;
/** A narrower column cannot hold a feature's name. */
const MIN_COLUMN = 82;
const MAX_COLUMN = 150;

/** Lays a tree out for a width in pixels: drawn where every level finds room for its column, else as an outline. */
export function layoutTree(tree: DecisionNodes, width: number): TreeLayout {
  const nodes = inPreOrder(tree);
  const numLevels = 1 + nodes.reduce((deepest, { level }) => Math.max(deepest, level), 0);
  const column = Math.min(MAX_COLUMN, (width - COLUMN_GAP * (numLevels - 1)) / numLevels);
  return column >= MIN_COLUMN ? drawn(tree, nodes, column) : outline(nodes, width);
}

type BareNode = Pick<PlacedNode, "node" | "parent" | "level" | "isLeaf">;

function inPreOrder(tree: DecisionNodes): BareNode[] {
  const nodes: BareNode[] = [];
  const visit = (node: number, parent: number, level: number): void => {
    const isLeaf = tree.feature[node] < 0;
    nodes.push({ node, parent, level, isLeaf });
    if (isLeaf) return;
    visit(tree.left[node], node, level + 1);
    visit(tree.right[node], node, level + 1);
  };
  visit(0, -1, 0);
  return nodes;
}

function drawn(tree: DecisionNodes, nodes: readonly BareNode[], column: number): TreeLayout {
  const y = new Map<number, number>();
  let numLeaves = 0;
  // Leaves one below the other; a split stands between its children, which come after it.
  for (const { node, isLeaf } of nodes) if (isLeaf) y.set(node, (numLeaves++ + 0.5) * LEAF_ROW);
  const middle = (node: number) => y.get(node) ?? 0;
  for (const { node, isLeaf } of nodes.toReversed()) {
    if (!isLeaf) y.set(node, (middle(tree.left[node]) + middle(tree.right[node])) / 2);
  }
  return {
    kind: "drawn",
    nodes: nodes.map((bare) => ({
      ...bare,
      x: bare.level * (column + COLUMN_GAP),
      y: middle(bare.node),
      width: column,
    })),
    // A split needs more room than one row of leaves.
    height: Math.max(numLeaves * LEAF_ROW, 60) + 8,
  };
}

function outline(nodes: readonly BareNode[], width: number): TreeLayout {
  // Deep trees stop indenting before nothing is left of a line.
  const indent = (level: number) => Math.min(level * INDENT, width * 0.4);
  return {
    kind: "outline",
    nodes: nodes.map((bare, i) => ({
      ...bare,
      x: indent(bare.level),
      y: (i + 0.5) * OUTLINE_ROW,
      width: width - indent(bare.level),
    })),
    height: nodes.length * OUTLINE_ROW,
  };
}
