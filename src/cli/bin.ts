#!/usr/bin/env node
import { main } from "./main.js";
import { isStoppable, supervise } from "./supervise.js";

// Whoever reads has seen enough (`vitrine train … --json | head`): end as a pipe's end would have it.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(141);
});

const args = process.argv.slice(2);
process.exitCode = isStoppable(args[0])
  ? await supervise(args)
  : await main(args, { out: process.stdout, err: process.stderr });
