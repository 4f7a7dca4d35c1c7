/** What only Node has: run folders on disk, for `RunStore`. */
export { createNamedRunFolder, createRunFolder, NodeRunFiles } from "./runs/node-files.js";
