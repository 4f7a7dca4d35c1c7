#!/usr/bin/env node
import { parseArgs } from "node:util";
import { ensureInstalled, requireNode } from "./lib/install.mjs";
import { leave, ROOT } from "./lib/tools.mjs";

const USAGE = `npm start -- [--open] [--port N] [--host [ADDRESS]]

  --open            open the page in a browser
  --port N          serve at this port (default: 5173, or the next one that is free)
  --host [ADDRESS]  let other devices in (default: this one alone)`;

/**
 * Reads the flags. A bare `--host` means every address.
 * @param {readonly string[]} args
 */
function readFlags(args) {
  const bareHost = args.indexOf("--host");
  const next = args[bareHost + 1];
  const filled = [...args];
  if (bareHost >= 0 && (next === undefined || next.startsWith("--"))) filled[bareHost] = "--host=0.0.0.0";
  /** @type {{ values: { open?: boolean, port?: string, host?: string, help?: boolean } }} */
  let parsed;
  try {
    parsed = parseArgs({
      args: filled,
      options: {
        open: { type: "boolean" },
        port: { type: "string" },
        host: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    return leave(`${error instanceof Error ? error.message.split(". ")[0] : error}.\n${USAGE}`, 2);
  }
  const { port, ...rest } = parsed.values;
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) {
    leave(`--port: expected a whole number from 1 to 65535, got ${port}`, 2);
  }
  return { ...rest, port: port === undefined ? null : Number(port) };
}

const flags = readFlags(process.argv.slice(2));
if (flags.help) {
  console.log(USAGE);
  process.exit(0);
}

requireNode();
ensureInstalled({ dev: false });
const { buildSite } = await import("./lib/site.mjs");
console.log("Preparing the page …");
await buildSite();

const { preview } = await import("vite");
let server;
try {
  server = await preview({
    root: ROOT,
    configFile: `${ROOT}/vite.config.ts`,
    logLevel: "error",
    preview: {
      port: flags.port ?? 5173,
      strictPort: flags.port !== null,
      ...(flags.host === undefined ? {} : { host: flags.host }),
      open: flags.open ?? false,
    },
  });
} catch (error) {
  leave(`The page could not be served: ${error instanceof Error ? error.message : error}.`, 1);
}

const urls = [...(server.resolvedUrls?.local ?? []), ...(server.resolvedUrls?.network ?? [])];
console.log(`\nVitrine is open at ${urls.join("  and  ")}\nPress Ctrl-C to close it.`);

let closing = false;
async function close() {
  if (closing) return;
  closing = true;
  // Pages that stay open hold connections that would keep the server waiting.
  if ("closeAllConnections" in server.httpServer) server.httpServer.closeAllConnections();
  await server.close();
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, close);
