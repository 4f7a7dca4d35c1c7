import { afterAll } from "vitest";
import { loadTfjsEngine } from "../../src/compute/tfjs/index.js";
import { installWebgpu } from "../helpers/webgpu-node.js";
import { describeParity } from "./parity.js";

installWebgpu();
const required = process.env["CI"] === "1";

describeParity("tfjs-webgpu", await loadTfjsEngine("webgpu"), { numRuns: 6, large: true, required });
