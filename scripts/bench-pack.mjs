#!/usr/bin/env node
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ensureInstalled, requireNode } from "./lib/install.mjs";
import { leave, ROOT } from "./lib/tools.mjs";

// Packs the benchmarks with Node and Dawn, for a Linux x86-64 server that has a GPU and neither network nor Node.
const USAGE = `npm run bench:pack -- DIR

  Makes DIR, which needs nothing but a Vulkan driver, and DIR.tar.gz beside it. There:

    DIR/run                 PPO by number of copies, on every path (npm run bench -- gpu)
    DIR/run gpu --quick     does it work?
    DIR/run ppo engines     any other benchmark of Node, without TensorFlow.js`;
const LIMIT = 60e6;

const [target, ...rest] = process.argv.slice(2);
if (target === "--help") leave(USAGE, 0);
if (!target || rest.length > 0) leave(`expected one folder to make, got ${target ? "more" : "none"}\n${USAGE}`, 2);
const folder = resolve(target);
if (existsSync(folder) && readdirSync(folder).length > 0)
  leave(`DIR: expected a new or empty folder, got ${target}`, 2);
if (process.platform !== "linux" || process.arch !== "x64") {
  leave(
    `This machine is ${process.platform}-${process.arch}: the folder is packed from the Node of a Linux x86-64 machine.`,
    1,
  );
}

requireNode();
ensureInstalled({ dev: true });
const binding = "node_modules/webgpu/dist/linux-x64/dawn.node";
if (!existsSync(join(ROOT, binding))) leave(`${binding} is missing: run npm ci.`, 1);
const { bundleBench } = await import("./lib/bench.mjs");
const bundle = await bundleBench();

mkdirSync(folder, { recursive: true });
cpSync(join(bundle, "node"), join(folder, "node"), { recursive: true });
copyFileSync(join(ROOT, "scripts/lib/measure.mjs"), join(folder, "measure.mjs"));
copyFileSync(join(ROOT, "scripts/lib/pack-run.mjs"), join(folder, "run.mjs"));
copyFileSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
writeFileSync(join(folder, "package.json"), '{ "type": "module", "private": true }\n');
const dawn = join(folder, "node_modules/webgpu");
mkdirSync(join(dawn, "dist/linux-x64"), { recursive: true });
for (const file of ["index.js", "package.json", "LICENSE", "dist/linux-x64/dawn.node"]) {
  const from = join(ROOT, "node_modules/webgpu", file);
  if (existsSync(from)) copyFileSync(from, join(dawn, file));
}
copyFileSync(process.execPath, join(folder, "bin-node"));
chmodSync(join(folder, "bin-node"), 0o755);
// Debug symbols are a large part of some distributions' Node; without `strip` they stay.
try {
  execFileSync("strip", ["--strip-debug", join(folder, "bin-node"), join(dawn, "dist/linux-x64/dawn.node")], {
    stdio: "ignore",
  });
} catch {}
copyFileSync(join(ROOT, "scripts/lib/pack-run.sh"), join(folder, "run"));
chmodSync(join(folder, "run"), 0o755);

const archive = `${folder}.tar.gz`;
execFileSync("tar", ["-C", dirname(folder), "--use-compress-program=gzip -9", "-cf", archive, basename(folder)]);
const { size } = statSync(archive);
console.log(`${target}: ready; ${target}.tar.gz holds ${(size / 1e6).toFixed(1)} MB.`);
if (size > LIMIT) leave(`expected at most ${LIMIT / 1e6} MB, got ${(size / 1e6).toFixed(1)} MB`, 1);
