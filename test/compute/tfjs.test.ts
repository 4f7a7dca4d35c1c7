import { loadTfjsEngine } from "../../src/compute/tfjs/index.js";
import { describeParity } from "./parity.js";

describeParity("tfjs-cpu", await loadTfjsEngine("cpu"), { numRuns: 30, large: true, required: true });
describeParity("tfjs-wasm", await loadTfjsEngine("wasm"), { numRuns: 30, large: true, required: true });
