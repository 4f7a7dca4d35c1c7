import { createReferenceEngine } from "../../src/compute/reference-engine.js";
import { loadWasmEngine } from "../../src/compute/wasm/wasm-engine.js";
import { describeParity } from "./parity.js";

const required = process.env["CI"] === "1";
describeParity("reference", createReferenceEngine, { numRuns: 30, large: false, required });
describeParity("wasm-simd", await loadWasmEngine("simd"), { numRuns: 150, large: true, required });
describeParity("wasm-relaxed", await loadWasmEngine("relaxed"), { numRuns: 150, large: true, required });
