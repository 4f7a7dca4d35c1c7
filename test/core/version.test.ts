import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { VERSION } from "../../src/core/version.js";

test("the version in the code is the package's", () => {
  const path = new URL("../../package.json", import.meta.url);
  expect(VERSION).toBe((JSON.parse(readFileSync(path, "utf8")) as { version: string }).version);
});
