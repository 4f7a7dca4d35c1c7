/**
 * Compiles the AssemblyScript kernels twice, with and without relaxed SIMD, into one TypeScript module of base64
 * strings, so that the page, its worker, the command line and an embedding library all load them without a request.
 * Does nothing while the sources, the compiler and this script are unchanged.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildShaders } from "./shaders.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const sourceFolder = join(root, "src/compute/wasm/assembly");
const target = join(root, "src/compute/wasm/generated/kernels.ts");

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

function isCurrent(hash) {
  try {
    return readFileSync(target, "utf8").includes(`sources ${hash}`);
  } catch {
    return false;
  }
}

async function compile(texts, features) {
  // Imported here: loading the compiler takes most of a second, and most calls find the kernels current.
  const { main } = await import("assemblyscript/asc");
  let wasm;
  const options = ["-O3", "--noAssert", "--runtime", "stub", "--importMemory"];
  const enable = features.flatMap((feature) => ["--enable", feature]);
  const { error, stderr } = await main(["kernels.ts", "--outFile", "kernels.wasm", ...options, ...enable], {
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

/** Writes `src/compute/wasm/generated/kernels.ts` when it is missing or stale; answers whether it did. */
async function buildWasm() {
  const texts = sources();
  const hash = hashOf(texts);
  if (isCurrent(hash)) return false;
  const simd = await compile(texts, ["simd"]);
  const relaxed = await compile(texts, ["simd", "relaxed-simd"]);
  const text = `// Made by scripts/kernels.mjs from sources ${hash}; do not edit.

/** The kernels with 128-bit SIMD, base64. */
export const SIMD_KERNELS =
  "${simd}";

/** The same with relaxed SIMD's fused multiply-add, base64. */
export const RELAXED_KERNELS =
  "${relaxed}";
`;
  mkdirSync(join(target, ".."), { recursive: true });
  // Renamed into place, so that a reader at the same moment sees the old module or the new one.
  const unfinished = `${target}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, target);
  return true;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const built = await buildKernels();
  console.log(built ? "kernels: built" : "kernels: up to date");
}
