import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./tools.mjs";

/**
 * Files below the given files and folders, sorted, relative to the project.
 * @param {readonly string[]} paths missing ones are left out
 * @returns {string[]}
 */
export function filesUnder(paths) {
  const found = [];
  const visit = (path) => {
    const stats = statSync(join(ROOT, path), { throwIfNoEntry: false });
    if (!stats) return;
    if (stats.isDirectory()) for (const name of readdirSync(join(ROOT, path))) visit(`${path}/${name}`);
    else found.push(path);
  };
  for (const path of paths) visit(path);
  return found.sort();
}

/**
 * A hash of the names and contents of files: equal as long as nothing changed.
 * @param {readonly string[]} paths files and folders
 */
export function contentHash(paths) {
  const hash = createHash("sha256");
  for (const path of filesUnder(paths)) {
    const bytes = readFileSync(join(ROOT, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

/**
 * Makes something again only when its sources changed.
 *
 * The stamp is the hash of the sources' contents, so that a fresh checkout or a touched file costs no build.
 * @param {{ name: string, sources: readonly string[], outputs: readonly string[], make: () => void | Promise<void> }} task
 * @returns {Promise<boolean>} whether it was made
 */
export async function makeWhenChanged({ name, sources, outputs, make }) {
  const stamp = join(ROOT, "build", `${name}.stamp`);
  const hash = contentHash(sources);
  const isThere = outputs.every((path) => existsSync(join(ROOT, path)));
  if (isThere && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return false;
  await make();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return true;
}
