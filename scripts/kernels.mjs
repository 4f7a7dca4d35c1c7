/**
 * Compiles the AssemblyScript kernels into TypeScript modules of base64 strings, so that the page, its worker, the
 * command line and an embedding library all load them without a request: those of networks twice, with and without
 * relaxed SIMD, and those of trees by themselves. Does nothing while the sources, the compiler and this script are
 * unchanged.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildShaders } from "./shaders.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const sourceFolder = join(root, "src/compute/wasm/assembly");
const targetFolder = join(root, "src/compute/wasm/generated");

function sources() {
  const names = readdirSync(sourceFolder).filter((name) => name.endsWith(".ts"));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(sourceFolder, name), "utf8")]));
}

function hashOf(texts) {
  const compiler = createRequire(import.meta.url).resolve("assemblyscript/package.json");
  const hash = createHash("sha256")
    .update(readFileSync(compiler))
    .update(readFileSync(fileURLToPath(import.meta.url)));
  for (const [name, text] of Object.entries(texts)) hash.update(`${name}\n${text}`);
  return hash.digest("hex").slice(0, 16);
}

function isCurrent(name, hash) {
  try {
    return readFileSync(join(targetFolder, name), "utf8").includes(`sources ${hash}`);
  } catch {
    return false;
  }
}

async function compile(texts, entry, features) {
  // Imported here: loading the compiler takes most of a second, and most calls find the kernels current.
  const { main } = await import("assemblyscript/asc");
  let wasm;
  const options = ["-O3", "--noAssert", "--runtime", "stub", "--importMemory"];
  const enable = features.flatMap((feature) => ["--enable", feature]);
  const { error, stderr } = await main([entry, "--outFile", "kernels.wasm", ...options, ...enable], {
    readFile: (name) => texts[name] ?? null,
    writeFile: (name, content) => {
      if (name === "kernels.wasm") wasm = content;
    },
    listFiles: () => [],
  });
  if (error || !wasm) throw new Error(`the kernels do not compile: ${error?.message ?? ""}\n${stderr.toString()}`);
  return Buffer.from(wasm).toString("base64");
}

/** Writes every generated module that is missing or stale, WASM and WGSL; answers whether it did. */
export async function buildKernels() {
  const shaders = await buildShaders();
  return (await buildWasm()) || shaders;
}

/** Writes the modules in `src/compute/wasm/generated` that are missing or stale; answers whether there were any. */
async function buildWasm() {
  const texts = sources();
  const hash = hashOf(texts);
  if (["kernels.ts", "tree-kernels.ts"].every((name) => isCurrent(name, hash))) return false;
  const simd = await compile(texts, "kernels.ts", ["simd"]);
  const relaxed = await compile(texts, "kernels.ts", ["simd", "relaxed-simd"]);
  const trees = await compile(texts, "trees.ts", ["simd"]);
  write(
    "kernels.ts",
    hash,
    `/** The kernels with 128-bit SIMD, base64. */
export const SIMD_KERNELS =
  "${simd}";

/** The same with relaxed SIMD's fused multiply-add, base64. */
export const RELAXED_KERNELS =
  "${relaxed}";
`,
  );
  write(
    "tree-kernels.ts",
    hash,
    `/** What growing trees does to the rows of a node, with 128-bit SIMD, base64. */
export const TREE_KERNELS =
  "${trees}";
`,
  );
  return true;
}

function write(name, hash, text) {
  mkdirSync(targetFolder, { recursive: true });
  const target = join(targetFolder, name);
  // Renamed into place, so that a reader at the same moment sees the old module or the new one.
  const unfinished = `${target}.${process.pid}`;
  writeFileSync(unfinished, `// Made by scripts/kernels.mjs from sources ${hash}; do not edit.\n\n${text}`);
  renameSync(unfinished, target);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const built = await buildKernels();
  console.log(built ? "kernels: built" : "kernels: up to date");
}
