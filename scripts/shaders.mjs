/**
 * Turns each world's dynamics and each loss into WGSL, from the same TypeScript that runs on the CPU, through TypeGPU.
 *
 * The page ships the text and no TypeGPU. Does nothing while the sources, the generator and TypeGPU are unchanged.
 */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { filesUnder } from "./lib/stamp.mjs";
import { ROOT } from "./lib/tools.mjs";

const WORLDS = "src/envs/generated/worlds.ts";
const LOSSES = "src/agents/generated/losses.ts";
/** What decides the text: dynamics and specs, losses, what they import, and the generator. */
const SOURCES = ["src/envs", "src/core", "src/agents/ppo-loss.ts", "src/agents/dqn-loss.ts", "scripts/shaders"];
/** The files that TypeGPU's plugin reads. */
const SINGLE_SOURCE = [
  /src\/envs\/.*\/dynamics\.ts$/,
  /src\/envs\/inventory\/demand\.ts$/,
  /src\/agents\/.*-loss\.ts$/,
  /scripts\/shaders\/.*\.ts$/,
];

function hashOfSources() {
  const hash = createHash("sha256");
  const { resolve } = createRequire(import.meta.url);
  const read = (path) => readFileSync(path);
  for (const name of ["typegpu", "unplugin-typegpu"]) hash.update(read(resolve(`${name}/package.json`)));
  const files = filesUnder([...SOURCES, "scripts/shaders.mjs"]).filter((path) => !/generated|draw|words/.test(path));
  for (const path of files) hash.update(`${path}\n`).update(read(join(ROOT, path)));
  return hash.digest("hex").slice(0, 16);
}

function isCurrent(hash) {
  return [WORLDS, LOSSES].every((path) => {
    try {
      return readFileSync(join(ROOT, path), "utf8").includes(`sources ${hash}`);
    } catch {
      return false;
    }
  });
}

async function generate() {
  // Imported here: most calls find the shaders current.
  const [{ build }, { default: typegpu }] = await Promise.all([import("vite"), import("unplugin-typegpu/vite")]);
  mkdirSync(join(ROOT, "build"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "build", "shaders-"));
  try {
    await build({
      root: ROOT,
      configFile: false,
      logLevel: "error",
      publicDir: false,
      plugins: [typegpu({ include: SINGLE_SOURCE })],
      // One copy of TypeGPU, inside of the bundle: the plugin's marks and its reader must know each other.
      ssr: { noExternal: true },
      build: {
        ssr: true,
        outDir: folder,
        minify: false,
        rollupOptions: {
          input: { generate: join(ROOT, "scripts/shaders/generate.ts") },
          output: { entryFileNames: "[name].mjs" },
        },
      },
    });
    const { generateShaders } = await import(pathToFileURL(join(folder, "generate.mjs")).href);
    return await generateShaders();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Renamed into place, so that a reader at the same moment sees the old module or the new one. */
function write(path, text) {
  const target = join(ROOT, path);
  mkdirSync(join(target, ".."), { recursive: true });
  writeFileSync(`${target}.${process.pid}`, text);
  renameSync(`${target}.${process.pid}`, target);
}

/** Writes the generated modules when one is missing or stale; answers whether it did. */
export async function buildShaders() {
  const hash = hashOfSources();
  if (isCurrent(hash)) return false;
  const { worlds, losses } = await generate();
  const head = `// Made by scripts/shaders.mjs from sources ${hash}; do not edit.\n\n`;
  const text = (code) => `\`${code.replace(/[`\\$]/g, "\\$&")}\``;
  // Worlds that share their dynamics share the text.
  const codes = [...new Set(Object.values(worlds))];
  const entries = Object.entries(worlds).map(([id, code]) => `  ${JSON.stringify(id)}: CODES[${codes.indexOf(code)}],`);
  write(
    WORLDS,
    `${head}const CODES = [\n${codes.map(text).join(",\n")},\n];

/** WGSL of every single-source world: WorldParams, world_reset, world_step, world_observe. */
export const WORLD_SHADERS: Readonly<Record<string, string>> = {\n${entries.join("\n")}\n};\n`,
  );
  write(
    LOSSES,
    `${head}/** Array sizes that stand for those of a network. */
export const PLACEHOLDERS = ${JSON.stringify(losses.placeholders)};

/** WGSL of PPO's losses: PpoSettings, categorical_loss, gaussian_loss. */
export const PPO_LOSS_SHADER = ${text(losses.ppo)};

/** WGSL of DQN's loss: DqnSettings, action_value, dqn_loss. */
export const DQN_LOSS_SHADER = ${text(losses.dqn)};
`,
  );
  return true;
}
