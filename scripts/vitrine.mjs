#!/usr/bin/env node
import { pathToFileURL } from "node:url";
import { ensureInstalled, requireNode } from "./lib/install.mjs";

// The command line as it stands in the sources: installed, built and bundled only when something changed.
requireNode();
ensureInstalled({ dev: false });
const { bundleCli } = await import("./lib/cli.mjs");
await import(pathToFileURL(await bundleCli()).href);
