import { describeWgslEngine } from "./wgsl-engine.js";

await describeWgslEngine(import.meta.env["CI"] === "1", 2);
