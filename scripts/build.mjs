#!/usr/bin/env node
import { ensureInstalled, requireNode } from "./lib/install.mjs";
import { leave } from "./lib/tools.mjs";

// The page (dist/site), its element for other pages (dist/vitrine-lab.js) and the library (dist/index.js).
requireNode();
ensureInstalled({ dev: true });
const { buildLabModule, buildSite } = await import("./lib/site.mjs");
const { buildLibrary } = await import("./lib/library.mjs");
for (const [what, build] of [
  ["the page", buildSite],
  ["the element for other pages", buildLabModule],
  ["the library", buildLibrary],
]) {
  try {
    console.log(`${what}: ${(await build()) ? "built" : "up to date"}`);
  } catch (error) {
    leave(error instanceof Error ? error.message : String(error), 1);
  }
}
