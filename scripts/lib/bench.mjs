import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { buildKernels } from "../kernels.mjs";
import { CHROMIUM_FLAGS, findChromium } from "./chromium.mjs";
import { tfjsPackages } from "./cli.mjs";
import { settle } from "./measure.mjs";
import { makeWhenChanged } from "./stamp.mjs";
import { ROOT } from "./tools.mjs";

const FOLDER = "build/bench";
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
/** Isolated from other origins, as the lab may be: then the clock resolves 0.005 ms instead of 0.1. */
const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const PAGE = '<!doctype html><title>bench</title><script type="module" src="/page.js"></script>';

/**
 * Bundles the benchmarks for Node and for a page when their sources changed.
 * @returns {Promise<string>} the folder that holds `node/` and `page/`
 */
export async function bundleBench() {
  await buildKernels();
  const folder = join(ROOT, FOLDER);
  const codeFolders = readdirSync(join(ROOT, "bench"))
    .filter((name) => name !== "results")
    .map((name) => `bench/${name}`);
  await makeWhenChanged({
    name: "bench",
    sources: [...codeFolders, "src", "package-lock.json", "scripts/lib/bench.mjs"],
    outputs: [`${FOLDER}/node/main.js`, `${FOLDER}/page/page.js`],
    make: async () => {
      rmSync(folder, { recursive: true, force: true });
      await build(join(folder, "node"), { main: "bench/main.ts", "node-case": "bench/node-case.ts" }, true);
      await build(join(folder, "page"), { page: "bench/page.ts" }, false);
    },
  });
  return folder;
}

async function build(outDir, input, forNode) {
  const { build: viteBuild } = await import("vite");
  await viteBuild({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    base: "./",
    // tfjs stays outside of what Node runs, as in the command line; so does Dawn, whose binding is a binary.
    ...(forNode && { ssr: { noExternal: true, external: [...tfjsPackages(), "webgpu"] } }),
    build: {
      ssr: forNode,
      outDir,
      target: forNode ? "node20" : "es2022",
      minify: !forNode,
      rollupOptions: {
        input: Object.fromEntries(Object.entries(input).map(([name, path]) => [name, join(ROOT, path)])),
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
    worker: { format: "es" },
  });
}

/** A blank page on a local server, opened in a Chromium that is started anew for each task. */
export class ChromiumPlace {
  constructor(server, launch, version) {
    this.server = server;
    this.launch = launch;
    this.version = version;
  }

  /** @returns {Promise<ChromiumPlace | null>} null when there is no Chromium */
  static async open(bundle) {
    const executablePath = await findChromium();
    if (!executablePath) return null;
    const { chromium } = await import("playwright");
    const launch = () => chromium.launch({ executablePath, chromiumSandbox: false, args: CHROMIUM_FLAGS });
    const first = await launch();
    const version = first.version();
    await first.close();
    const server = createServer((request, response) => serve(join(bundle, "page"), request, response));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    return new ChromiumPlace(server, launch, version);
  }

  async measure(task) {
    const browser = await this.launch();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${this.server.address().port}/`);
      const answer = await page.evaluate((sent) => globalThis.measureInWorker(sent), task);
      return await new Promise((resolve, reject) => settle(answer, task, resolve, reject));
    } finally {
      await browser.close();
    }
  }

  async close() {
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function serve(folder, request, response) {
  const path = normalize(new URL(request.url, "http://localhost").pathname);
  if (path === "/") {
    response.writeHead(200, { ...HEADERS, "Content-Type": "text/html" }).end(PAGE);
    return;
  }
  const file = join(folder, path);
  if (!existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { ...HEADERS, "Content-Type": type }).end(readFileSync(file));
}
