#!/usr/bin/env node
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CHECKS } from "./lib/checks.mjs";
import { findChromium, installChromium } from "./lib/chromium.mjs";
import { ensureInstalled, requireNode } from "./lib/install.mjs";
import { countTests } from "./lib/results.mjs";
import { leave, ROOT, run, runPackage } from "./lib/tools.mjs";

const filters = process.argv.slice(2);
if (filters.includes("--help")) {
  console.log(`npm test [-- FILTER … | Vitest's own flags]

  Without arguments everything runs: lint, floors, types, build, tests in Node, on WebGPU, in Chromium, end to end.
  With a filter (a part of a path, for example "envs") only the tests whose path holds it.`);
  process.exit(0);
}

requireNode();
ensureInstalled({ dev: true });
const chromium = (await findChromium()) ?? (await installChromium());
if (!chromium) leave("No Chromium was found or could be installed: name one with CHROMIUM=/path/to/chromium.", 1);

const { buildKernels } = await import("./kernels.mjs");
await buildKernels();

/** @type {string[]} */
const failed = [];
const step = (name, action) => {
  const start = performance.now();
  const code = action();
  console.log(`${code === 0 ? "✓" : "✗"} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)\n`);
  if (code !== 0) failed.push(name);
};

if (filters.length === 0) {
  for (const check of CHECKS) step(check.name, check.run);
  step("build", () => run(process.execPath, [join("scripts", "build.mjs")]));
}

const report = join(ROOT, "build", "test-results.json");
mkdirSync(join(ROOT, "build"), { recursive: true });
rmSync(report, { force: true });
const flags = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
step("tests", () => runPackage("vitest/vitest.mjs", [...flags, ...filters], { CHROMIUM: chromium }));

const counts = existsSync(report)
  ? countTests(JSON.parse(readFileSync(report, "utf8")))
  : { passed: 0, failed: 0, skipped: 0 };
const brokenSteps = failed.filter((name) => name !== "tests");
// Vitest also fails for what is no test: an unhandled error, or no file that matches.
if (failed.includes("tests") && counts.failed === 0) brokenSteps.push("tests");
if (failed.length > 0) console.log(`Failed: ${failed.join(", ")}.`);
console.log(`${counts.passed} passed, ${counts.failed + brokenSteps.length} failed, ${counts.skipped} skipped`);
process.exit(failed.length > 0 ? 1 : 0);
