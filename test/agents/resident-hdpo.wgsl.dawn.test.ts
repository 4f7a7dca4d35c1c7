import { afterAll, expect, it } from "vitest";
import { openDevice } from "../../src/compute/gpu/device.js";
import { installWebgpu } from "../helpers/webgpu-node.js";
import { describeResidentHdpo } from "./resident-hdpo.js";

installWebgpu();
const graphics = await openDevice();
afterAll(() => graphics?.device.destroy());

it.skipIf(!graphics && process.env["CI"] !== "1")("finds a device", () => expect(graphics).not.toBeNull());
if (graphics) describeResidentHdpo(graphics);
