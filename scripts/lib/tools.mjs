import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json, whatever its path looks like. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * Runs a command in the project's folder with its output shown, and waits for it.
 *
 * Arguments go as a list and never through a shell, so that paths may hold spaces.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} [env] added to the environment
 * @param {1 | 2} [output] 2 keeps what it prints out of a command's own output
 * @returns {number} the exit code; 1 when it could not be started or was killed
 */
export function run(command, args, env = {}, output = 1) {
  const stdio = ["inherit", output, "inherit"];
  const result = spawnSync(command, args, { cwd: ROOT, stdio, env: { ...process.env, ...env } });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  return result.status ?? 1;
}

/**
 * Runs a JavaScript file of an installed package with this Node.
 * @param {string} path below node_modules
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} [env]
 */
export function runPackage(path, args, env = {}) {
  return run(process.execPath, [join(ROOT, "node_modules", path), ...args], env);
}

/**
 * Prints one sentence and leaves.
 * @param {string} sentence
 * @param {number} code 2 for wrong input, 1 for a failure
 * @returns {never}
 */
export function leave(sentence, code) {
  console.error(sentence);
  process.exit(code);
}
