import { fork } from "node:child_process";
import { join } from "node:path";

/**
 * Measures one task in a Node process of its own. Rejects with what went wrong there.
 * @param {string} bundle the folder that holds `node/node-case.js`
 * @param {string} cwd
 */
export function measureInNode(bundle, cwd, task, flags) {
  return new Promise((resolve, reject) => {
    const child = fork(join(bundle, "node", "node-case.js"), [], {
      cwd,
      execArgv: [...flags],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.once("message", (answer) => settle(answer, task, resolve, reject));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${task.bench}: its process ended with ${code}`)));
    child.send(task);
  });
}

/** Hands on what a measurement answered. */
export function settle(answer, task, resolve, reject) {
  if ("error" in answer) reject(new Error(`${task.bench} ${JSON.stringify(task.case)}: ${answer.error}`));
  else resolve(answer.result);
}
