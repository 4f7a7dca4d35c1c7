import { installWebgpu } from "../helpers/webgpu-node.js";
import { describeWgslEngine } from "./wgsl-engine.js";

installWebgpu();
await describeWgslEngine(process.env["CI"] === "1", 4);
