import { afterAll, expect, it } from "vitest";
import { openDevice } from "../../src/compute/gpu/device.js";
import { GPU_WORLDS } from "../helpers/gpu-worlds.js";
import { describeResidentDqn } from "./resident-dqn.js";
import { describeResidentPpo } from "./resident-ppo.js";

const graphics = await openDevice();
afterAll(() => graphics?.device.destroy());

it.skipIf(!graphics && import.meta.env["CI"] !== "1")("finds a device", () => expect(graphics).not.toBeNull());
if (graphics) {
  const some = GPU_WORLDS.filter(({ name }) => ["cartpole", "pendulum", "inventory"].includes(name));
  describeResidentPpo(graphics, some);
  describeResidentDqn(graphics);
}
