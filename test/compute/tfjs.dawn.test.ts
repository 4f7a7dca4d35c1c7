import { loadTfjsEngine } from "../../src/compute/tfjs/index.js";
import { installWebgpu } from "../helpers/webgpu-node.js";
import { itAgreesWithAutodiff } from "./tfjs-autodiff.js";
import { describeTfjsWebgpu } from "./tfjs-webgpu.js";

installWebgpu();
const create = await loadTfjsEngine("webgpu");
if (create) itAgreesWithAutodiff("tfjs-webgpu", create, 4);
await describeTfjsWebgpu(process.env["CI"] === "1");
