import { InputError } from "../../core/errors.js";
import { allowedNames } from "../../core/nearest.js";
import { checkProblem } from "./check-problem.js";
import { type InventoryEdge, type InventoryNode, type InventoryProblem, type NodeKind, SUPPLIER } from "./problem.js";

/**
 * A network in a few lines of text, as an option, a link or a flag takes it.
 *
 *     warehouse W hold=0.3; store A hold=1 under=9 mean=5 std=2; W>A:2; supplier>W:3 cost=0.5; unmet=lost
 *
 * Statements are parted by semicolons or new lines. A node is its kind (`echelon`, `warehouse`, `store`), its name and
 * its numbers: `hold`, and of a store `under`, `mean` and `std`; `keeps=no` makes a warehouse ship all that arrives. A
 * road is `from>to:leadTime`, with a `cost` per unit if it has one; `supplier` is where all goods come from, and `->` and
 * `→` do for `>`. Settings stand alone: `unmet=lost|backlogged`, `demand=normal|poisson`, `correlation=0.5`,
 * `clipped=yes|no`, `whole=yes|no`, `profit=yes|no`, `pipeline=N`. In names an underscore stands for a space.
 */
const NODE = /^(echelon|warehouse|store)\s+(\S+)(.*)$/s;
const ROAD = /^([^\s>→:=]+?)\s*(?:->|[>→])\s*([^\s>→:=]+)\s*:\s*(\S+)(.*)$/s;
const NAME = /^[\p{L}_][\p{L}\p{N}_-]*$/u;
/** What the notation calls the source of all goods. */
export const SUPPLIER_NAME = "supplier";

const NODE_KEYS: Readonly<Record<NodeKind, readonly string[]>> = {
  echelon: ["hold"],
  warehouse: ["hold", "keeps"],
  store: ["hold", "under", "mean", "std"],
};
const KINDS: readonly NodeKind[] = ["echelon", "warehouse", "store"];
const SETTINGS: Readonly<Record<string, readonly string[] | "number">> = {
  unmet: ["lost", "backlogged"],
  demand: ["normal", "poisson"],
  correlation: "number",
  clipped: ["yes", "no"],
  whole: ["yes", "no"],
  profit: ["yes", "no"],
  pipeline: "number",
};

/** A statement, and where it stands for whoever has to mend it. */
interface Statement {
  readonly text: string;
  readonly number: number;
}

interface ParsedNode extends InventoryNode {
  readonly mean: number;
  /** NaN where it was not given. */
  readonly std: number;
  readonly statement: Statement;
}

interface ParsedRoad {
  readonly from: string;
  readonly to: string;
  readonly leadTime: number;
  readonly cost: number;
  readonly statement: Statement;
}

/** Reads a network. Throws {@link InputError} on `field` that quotes the statement, with its number. */
export function parseNetwork(text: string, field = "env.network"): InventoryProblem {
  const refuse: Refuse = ({ text: given, number }, allowed) => {
    throw new InputError(field, `"${given}" (statement ${number})`, allowed);
  };
  const nodes: ParsedNode[] = [];
  const roads: ParsedRoad[] = [];
  const settings = new Map<string, string>();
  for (const statement of statementsOf(text)) {
    const [node, road] = [NODE.exec(statement.text), ROAD.exec(statement.text)];
    if (node) nodes.push(parseNode(node, statement, refuse));
    else if (road) roads.push(parseRoad(road, statement, refuse));
    else {
      for (const [key, value] of pairsOf(statement.text, Object.keys(SETTINGS), statement, refuse)) {
        checkSetting(key, value, statement, refuse);
        settings.set(key, value);
      }
    }
  }
  checkNames(nodes, roads, refuse);
  const problem = assemble(nodes, roads, settings, refuse);
  checkProblem(problem, field);
  return problem;
}

type Refuse = (statement: Statement, allowed: string) => never;

function statementsOf(text: string): Statement[] {
  const parts = text.split(/[;\n]/).map((part) => part.trim());
  return parts.filter((part) => part !== "").map((part, i) => ({ text: part, number: i + 1 }));
}

/** `key=value` pairs, each key once and one of those allowed. */
function pairsOf(text: string, keys: readonly string[], statement: Statement, refuse: Refuse): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    const [, key, value] = /^(\w+)=(\S+)$/.exec(word) ?? [];
    if (key === undefined) {
      return refuse(statement, `a node (store NAME …), a road (FROM>TO:LEADTIME) or settings (${keys.join("=…, ")}=…)`);
    }
    if (!keys.includes(key)) refuse(statement, `${allowedNames(key, keys)} in place of ${key}`);
    if (pairs.has(key)) refuse(statement, `${key} only once`);
    pairs.set(key, value);
  }
  return pairs;
}

/** Whether a node may be called this; {@link SUPPLIER_NAME} is taken. Underscores stand for spaces. */
export const isNodeName = (name: string): boolean => NAME.test(name) && name !== SUPPLIER_NAME;

function parseNode([, kind, name, rest]: RegExpExecArray, statement: Statement, refuse: Refuse): ParsedNode {
  if (!isNodeName(name)) {
    refuse(statement, `a name of letters, digits, _ and - that begins with a letter and is not ${SUPPLIER_NAME}`);
  }
  const node = kind as NodeKind;
  const pairs = pairsOf(rest, NODE_KEYS[node], statement, refuse);
  const number = (key: string, missing: number) => numberOf(pairs, key, missing, statement, refuse);
  const keeps = pairs.get("keeps") ?? "yes";
  if (!["yes", "no"].includes(keeps)) refuse(statement, "keeps=yes or keeps=no");
  const isStore = node === "store";
  if (isStore) {
    for (const key of ["under", "mean"]) if (!pairs.has(key)) refuse(statement, `${key}=… for every store`);
  }
  return {
    kind: node,
    name: name.replaceAll("_", " "),
    holdingCost: number("hold", isStore ? 1 : 0),
    underageCost: isStore ? number("under", 0) : 0,
    holdsStock: keeps === "yes",
    mean: isStore ? number("mean", 0) : 0,
    std: number("std", Number.NaN),
    statement,
  };
}

function parseRoad([, from, to, leadTime, rest]: RegExpExecArray, statement: Statement, refuse: Refuse): ParsedRoad {
  const pairs = pairsOf(rest, ["cost"], statement, refuse);
  const periods = Number(leadTime);
  if (!Number.isInteger(periods) || periods < 1)
    refuse(statement, "a lead time of at least 1 whole period behind the colon");
  return { from, to, leadTime: periods, cost: numberOf(pairs, "cost", 0, statement, refuse), statement };
}

function numberOf(
  pairs: ReadonlyMap<string, string>,
  key: string,
  missing: number,
  statement: Statement,
  refuse: Refuse,
): number {
  const text = pairs.get(key);
  if (text === undefined) return missing;
  const value = Number(text);
  return Number.isFinite(value) ? value : refuse(statement, `a number behind ${key}=`);
}

function checkSetting(key: string, value: string, statement: Statement, refuse: Refuse): void {
  const allowed = SETTINGS[key];
  if (allowed === "number") {
    const number = Number(value);
    if (key === "correlation" && !(number >= 0 && number <= 1)) refuse(statement, "a correlation from 0 to 1");
    if (key === "pipeline" && !(Number.isInteger(number) && number >= 1 && number <= 50)) {
      refuse(statement, "a pipeline of 1 to 50 periods");
    }
  } else if (!allowed.includes(value)) {
    refuse(statement, `${key}=${allowed.join(` or ${key}=`)}`);
  }
}

function checkNames(nodes: readonly ParsedNode[], roads: readonly ParsedRoad[], refuse: Refuse): void {
  const names = nodes.map(({ name }) => name.replaceAll(" ", "_"));
  nodes.forEach(({ statement }, i) => {
    if (names.indexOf(names[i]) !== i) refuse(statement, `a name that no other node has, in place of ${names[i]}`);
  });
  const seen = new Set<string>();
  for (const { from, to, statement } of roads) {
    if (from !== SUPPLIER_NAME && !names.includes(from)) {
      refuse(statement, `${allowedNames(from, [SUPPLIER_NAME, ...names])} in place of ${from}`);
    }
    if (!names.includes(to)) refuse(statement, `${allowedNames(to, names)} in place of ${to}`);
    if (seen.has(`${from}>${to}`)) refuse(statement, `only one road from ${from} to ${to}`);
    seen.add(`${from}>${to}`);
  }
}

/** Puts nodes and roads into the order that problems have. */
function assemble(
  parsed: readonly ParsedNode[],
  roads: readonly ParsedRoad[],
  settings: ReadonlyMap<string, string>,
  refuse: Refuse,
): InventoryProblem {
  const kind = settings.get("demand") === "poisson" ? "poisson" : "normal";
  const depth = depths(parsed, roads);
  const nodes = parsed.toSorted((a, b) => {
    const byKind = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
    // Stores and warehouses stay in the order in which they were written.
    return byKind || (a.kind === "echelon" ? (depth.get(a.name) ?? 0) - (depth.get(b.name) ?? 0) : 0);
  });
  const indexOf = (name: string) => nodes.findIndex((node) => node.name.replaceAll(" ", "_") === name);
  const rank = (from: number) => (from === SUPPLIER ? nodes.length : from);
  const edges = roads
    .map(({ from, to, leadTime, cost }): InventoryEdge => ({ from: indexOf(from), to: indexOf(to), leadTime, cost }))
    .toSorted((a, b) => rank(a.from) - rank(b.from) || a.to - b.to);
  const stores = nodes.filter((node) => node.kind === "store");
  for (const { std, statement } of stores) {
    if (kind === "normal" && Number.isNaN(std)) refuse(statement, "std=… for every store with normal demand");
    if (kind === "poisson" && !Number.isNaN(std))
      refuse(statement, "no std: that of Poisson demand is the root of its mean");
  }
  return {
    nodes: nodes.map(({ kind, name, holdingCost, underageCost, holdsStock }) => {
      return { kind, name, holdingCost, underageCost, holdsStock };
    }),
    edges,
    demand: {
      kind,
      mean: stores.map(({ mean }) => mean),
      std: stores.map(({ mean, std }) => (kind === "poisson" ? Math.sqrt(mean) : std)),
      correlation: kind === "poisson" || stores.length === 1 ? 0 : Number(settings.get("correlation") ?? 0),
      clipped: settings.get("clipped") !== "no",
    },
    unmet: settings.get("unmet") === "backlogged" ? "backlogged" : "lost",
    profit: settings.get("profit") === "yes",
    wholeUnits: (settings.get("whole") ?? (kind === "poisson" ? "yes" : "no")) === "yes",
    minPipeline: Number(settings.get("pipeline") ?? 1),
  };
}

/** Steps from the supplier to each node, by the longest way; of nodes on a circle, which is refused later, any. */
function depths(nodes: readonly ParsedNode[], roads: readonly ParsedRoad[]): Map<string, number> {
  const depth = new Map(nodes.map(({ name }) => [name, 0]));
  for (let round = 0; round < nodes.length; round++) {
    for (const { from, to } of roads) {
      const [source, target] = [from, to].map((name) => name.replaceAll("_", " "));
      depth.set(target, Math.max(depth.get(target) ?? 0, (depth.get(source) ?? -1) + 1));
    }
  }
  return depth;
}

/** A road without its lead time. Behind a name that ends in a hyphen there is a space: `->` would be an arrow. */
export const roadText = (from: string, to: string) => `${from}${from.endsWith("-") ? " " : ""}>${to}`;

/** The inverse of {@link parseNetwork}, one statement a line. Traces of demand have no text. */
export function networkText(problem: InventoryProblem): string {
  const { nodes, edges, demand, unmet, profit, wholeUnits, minPipeline } = problem;
  const nameOf = (index: number) => (index === SUPPLIER ? SUPPLIER_NAME : nodes[index].name.replaceAll(" ", "_"));
  const first = nodes.findIndex(({ kind }) => kind === "store");
  const nodeLines = nodes.map(({ kind, holdingCost, underageCost, holdsStock }, index) => {
    const words = [kind, nameOf(index), `hold=${holdingCost}`];
    if (!holdsStock) words.push("keeps=no");
    if (kind === "store") words.push(`under=${underageCost}`, `mean=${demand.mean[index - first]}`);
    if (kind === "store" && demand.kind === "normal") words.push(`std=${demand.std[index - first]}`);
    return words.join(" ");
  });
  const roadLines = edges.map(({ from, to, leadTime, cost }) => {
    return `${roadText(nameOf(from), nameOf(to))}:${leadTime}${cost === 0 ? "" : ` cost=${cost}`}`;
  });
  const isPoisson = demand.kind === "poisson";
  const settings = [
    `unmet=${unmet}`,
    `demand=${demand.kind}`,
    ...(demand.correlation > 0 ? [`correlation=${demand.correlation}`] : []),
    ...(demand.clipped ? [] : ["clipped=no"]),
    ...(wholeUnits === isPoisson ? [] : [`whole=${wholeUnits ? "yes" : "no"}`]),
    ...(profit ? ["profit=yes"] : []),
    ...(minPipeline === 1 ? [] : [`pipeline=${minPipeline}`]),
  ];
  return [...nodeLines, ...roadLines, settings.join(" ")].join("\n");
}
