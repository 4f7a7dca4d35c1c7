import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
let house = "";

/** Each file of a small house with one forbidden import, and the rule that must refuse it. */
const FORBIDDEN: readonly { readonly from: string; readonly text: string; readonly rule: string }[] = [
  { from: "core/up.ts", text: 'import "../envs/world.js";', rule: "not-upward-from-core" },
  { from: "compute/up.ts", text: 'import type { World } from "../envs/world.js";', rule: "not-upward-from-compute" },
  { from: "evaluate/up.ts", text: 'import "../agents/agent.js";', rule: "not-upward-from-evaluate-curriculum" },
  { from: "agents/up.ts", text: 'import "../interpret/tree.js";', rule: "not-upward-from-agents" },
  { from: "interpret/up.ts", text: 'import "../training/session.js";', rule: "not-upward-from-interpret" },
  { from: "training/up.ts", text: 'import "../runs/store.js";', rule: "not-upward-from-training" },
  { from: "runs/up.ts", text: 'import "../elements/chart.js";', rule: "not-upward-from-runs" },
  { from: "elements/up.ts", text: 'import "../lab/page.js";', rule: "not-upward-from-elements" },
  { from: "lab/aside.ts", text: 'import "../cli/main.js";', rule: "not-between-lab-and-cli" },
  { from: "elements/deep.ts", text: 'import "../training/session.js";', rule: "elements-see-messages-not-sessions" },
  { from: "agents/tfjs.ts", text: 'import "@tensorflow/tfjs-core";', rule: "tfjs-only-in-its-folder" },
  { from: "training/dom.ts", text: 'import "lit";', rule: "dom-libraries-only-above" },
  { from: "training/disk.ts", text: 'import "node:fs";', rule: "node-only-in-the-command-line" },
  { from: "index.ts", text: 'import "./elements/chart.js";', rule: "index-offers-no-page" },
  { from: "agents/index-user.ts", text: 'import "../index.js";', rule: "index-is-for-the-top" },
  { from: "core/tool.ts", text: 'import "../../scripts/tool.mjs";', rule: "src-stands-alone" },
  { from: "core/test-only.ts", text: 'import "fast-check";', rule: "ships-what-it-needs" },
  { from: "core/a.ts", text: 'import "./b.js";', rule: "no-cycles" },
  { from: "core/lost.ts", text: 'import "./nowhere.js";', rule: "resolvable" },
];

const ALLOWED: Readonly<Record<string, string>> = {
  "core/b.ts": 'import "./a.js";',
  "core/base.ts": "export const base = 1;",
  "envs/world.ts": 'import "../core/base.js"; export type World = number;',
  "envs/world-draw.ts": "export const draw = 1;",
  "agents/agent.ts": 'import "../evaluate/score.js"; import "../envs/world.js";',
  "evaluate/score.ts": "export const score = 1;",
  "interpret/tree.ts": 'import "../agents/agent.js";',
  "training/session.ts": 'import "../agents/agent.js"; export type Session = number;',
  "training/messages.ts": "export const messages = 1;",
  "runs/store.ts": 'import "../training/session.js";',
  "runs/node-files.ts": 'import "node:fs";',
  "elements/chart.ts":
    'import "lit"; import "../training/messages.js"; import "../envs/world-draw.js"; import "../interpret/tree.js"; import type { Session } from "../training/session.js";',
  "lab/page.ts": 'import "../elements/chart.js";',
  "cli/main.ts": 'import "node:fs"; import "../runs/store.js";',
  "compute/tfjs/backend.ts": 'import "@tensorflow/tfjs-core";',
};

function write(path: string, text: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), `${text}\nexport {};\n`);
}

/** Names of the rules that were broken, by the file that broke them. */
function violations(): Map<string, string[]> {
  const binary = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const args = [binary, "--config", ".dependency-cruiser.mjs", "--output-type", "json", "src"];
  const result = spawnSync(process.execPath, args, { cwd: house, encoding: "utf8", maxBuffer: 1 << 26 });
  const found = new Map<string, string[]>();
  const report = JSON.parse(result.stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  for (const { from, rule } of report.summary.violations) found.set(from, [...(found.get(from) ?? []), rule.name]);
  return found;
}

describe("the floors", () => {
  let broken = new Map<string, string[]>();

  beforeAll(() => {
    house = mkdtempSync(join(tmpdir(), "vitrine floors "));
    for (const name of [".dependency-cruiser.mjs", "tsconfig.json", "package.json"]) {
      cpSync(join(root, name), join(house, name));
    }
    symlinkSync(join(root, "node_modules"), join(house, "node_modules"));
    write("scripts/tool.mjs", "");
    for (const [path, text] of Object.entries(ALLOWED)) write(`src/${path}`, text);
    for (const { from, text } of FORBIDDEN) write(`src/${from}`, text);
    broken = violations();
  });

  afterAll(() => rmSync(house, { recursive: true, force: true }));

  test.each(FORBIDDEN)("$rule refuses an import in $from", ({ from, rule }) => {
    expect(broken.get(`src/${from}`) ?? []).toContain(rule);
  });

  test("imports that go down are left alone", () => {
    const allowed = Object.keys(ALLOWED).filter((path) => path !== "core/b.ts" && broken.has(`src/${path}`));
    expect(allowed.map((path) => [path, broken.get(`src/${path}`)])).toEqual([]);
  });
});
