// The benchmarks out of a packed folder: see scripts/bench-pack.mjs.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measureInNode } from "./measure.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
const { main } = await import("./node/main.js");
const args = process.argv.slice(2);
process.exitCode = await main(args.length > 0 ? args : ["gpu", "node"], {
  node: { version: null, measure: (task, flags) => measureInNode(folder, process.cwd(), task, flags) },
  openChromium: async () => null,
  print: (text) => console.log(text),
  report: (text) => console.error(text),
});
console.error(`Ran from ${join(folder, ".")}.`);
