import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { leave, ROOT, run } from "./tools.mjs";

/** Leaves with one sentence when this Node is too old for the packages in use. */
export function requireNode() {
  const wanted = readJson("package.json").engines.node.replace(/[^\d.]/g, "");
  if (!isAtLeast(process.versions.node, wanted)) {
    leave(`Vitrine needs Node ${wanted} or newer; this is Node ${process.versions.node} (https://nodejs.org).`, 1);
  }
}

/**
 * Installs the packages of the lock file when one is missing or of another version.
 * @param {{ dev: boolean }} options whether what only tests need is wanted too
 */
export function ensureInstalled({ dev }) {
  const why = whyInstall({ dev });
  if (why === null) return;
  console.error(`Installing packages (${why}) …`);
  const args = ["ci", ...(dev ? [] : ["--omit=dev"]), "--no-audit", "--no-fund", "--loglevel=error"];
  // NODE_ENV=production would leave out what tests need; the flags decide alone.
  const code = runNpm(args, { NODE_ENV: undefined, npm_config_omit: undefined });
  if (code !== 0) leave(`The packages could not be installed: npm ${args.join(" ")} ended with ${code}.`, 1);
}

/**
 * Why packages have to be installed, in words; null when everything is there.
 * @param {{ dev: boolean, root?: string }} options
 * @returns {string | null}
 */
export function whyInstall({ dev, root = ROOT }) {
  const wanted = Object.entries(readJson("package-lock.json", root).packages);
  const hidden = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return "none are there yet";
  /** @type {Record<string, { version?: string }>} */
  const present = readJson(join("node_modules", ".package-lock.json"), root).packages;
  for (const [path, entry] of wanted) {
    // Optional packages are binaries for other platforms.
    if (path === "" || entry.optional || entry.devOptional || (entry.dev && !dev)) continue;
    const found = present[path];
    const name = path.replace(/^.*node_modules\//, "");
    if (!found || !existsSync(join(root, path, "package.json"))) return `${name} is missing`;
    if (found.version !== entry.version) return `${name} is ${found.version}, not ${entry.version}`;
  }
  return null;
}

/** npm of the npm that runs this script, else the one on the path. */
function runNpm(args, env) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith(".js")) return run(process.execPath, [cli, ...args], env, 2);
  return run(process.platform === "win32" ? "npm.cmd" : "npm", args, env, 2);
}

function readJson(path, root = ROOT) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

/**
 * Whether one version, `major.minor.patch`, is another or newer.
 * @param {string} version
 * @param {string} wanted
 */
export function isAtLeast(version, wanted) {
  const [a, b] = [version, wanted].map((text) => text.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0);
  }
  return true;
}
