#!/usr/bin/env node
import { main } from "./main.js";
import { isStoppable, supervise } from "./supervise.js";

const args = process.argv.slice(2);
process.exitCode = isStoppable(args[0])
  ? await supervise(args)
  : await main(args, { out: process.stdout, err: process.stderr });
