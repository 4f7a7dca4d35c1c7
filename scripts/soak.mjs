#!/usr/bin/env node
import { parseArgs } from "node:util";
import { ensureInstalled, requireNode } from "./lib/install.mjs";
import { leave } from "./lib/tools.mjs";

// Forces losses of device and Worker at random times in headless Chromium, and checks that every run goes on.
const USAGE = `npm run soak [-- --losses N] [--seed N] [--engine ENGINE] [--kinds A,B]

  --losses   how many are forced (20); three in each run
  --seed     of the moments at which they are forced (1)
  --engine   what trains until it is lost (wgsl)
  --kinds    only these`;

requireNode();
ensureInstalled({ dev: true });
const { KINDS, soak, summary } = await import("./lib/soak.mjs");

function readFlags() {
  try {
    const flag = { type: /** @type {const} */ ("string") };
    return parseArgs({ options: { losses: flag, seed: flag, engine: flag, kinds: flag, help: { type: "boolean" } } })
      .values;
  } catch (error) {
    return leave(`${error instanceof Error ? error.message.split(". ")[0] : error}.\n${USAGE}`, 2);
  }
}

function wholeNumber(name, text, fallback) {
  if (text === undefined) return fallback;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  return leave(`--${name}: expected a whole number from 0 to 999999, got ${text}`, 2);
}

const flags = readFlags();
if (flags.help)
  leave(
    `${USAGE}\n\nKinds: ${Object.entries(KINDS)
      .map(([kind, text]) => `\n  ${kind.padEnd(12)} ${text}`)
      .join("")}`,
    0,
  );
const kinds = flags.kinds?.split(",") ?? Object.keys(KINDS);
const unknown = kinds.find((kind) => !Object.hasOwn(KINDS, kind));
if (unknown !== undefined) leave(`--kinds: expected some of ${Object.keys(KINDS).join(", ")}, got ${unknown}`, 2);

const result = await soak({
  losses: wholeNumber("losses", flags.losses, 20),
  seed: wholeNumber("seed", flags.seed, 1),
  engine: flags.engine ?? "wgsl",
  kinds,
  report: (line) => console.error(line),
});
if (!result.adapter) leave("Expected a Chromium with a WebGPU adapter, got none; `npm test` installs one.", 1);
console.log(`\n${summary(result)}`);
process.exit(result.trials.every(({ failures }) => failures.length === 0) ? 0 : 1);
