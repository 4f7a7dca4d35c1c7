import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CHROMIUM_FLAGS } from "../../vitest.config.js";
import { build, launch, type Served, serve, stepOf, textOf, until, visit } from "./page-kit.js";

let browser: Browser;
let site: Served;

beforeAll(async () => {
  site = await serve(await build("site"));
  browser = await launch(CHROMIUM_FLAGS);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const SMALL = "agent.numEnvs=4&agent.numSteps=16&agent.hidden=8&agent.epochs=1&agent.minibatchSize=64";

async function open(link: string) {
  const here = await visit(browser, `${site.origin}/#env=cartpole&agent=ppo&seed=7&${link}`);
  const chip = here.page.locator("vitrine-device-chip");
  return { ...here, summary: () => textOf(chip.locator(".chip")), reasons: () => textOf(chip.locator(".pop")) };
}

it("a software adapter that a person forces trains, and the chip says what it is", async () => {
  const here = await open(`engine=wgsl&${SMALL}&budget=1000000&evaluationEvery=0`);
  await until("it trains", async () => (await stepOf(here.page)) > 0, 60);
  expect(await here.summary()).toMatch(/^WebGPU/);
  await here.page.locator("vitrine-device-chip .chip").click();
  expect(await here.reasons()).toContain("WebGPU computes the networks, as it was asked for.");
  expect(await here.reasons()).toMatch(/The graphics adapter, .+, is software on the processor/);
  // What the others would give stands there all the same.
  expect(await here.reasons()).toMatch(/WASM (relaxed )?SIMD [\d.]+ ms .*steps\/s/);
  expect(here.errors).toEqual([]);
  await here.context.close();
});

it("a software adapter is never chosen by itself, and the next visit remembers the times", async () => {
  const here = await open(`${SMALL}&budget=20000`);
  await until("it trains", async () => (await stepOf(here.page)) > 0, 60);
  expect(await here.summary()).toMatch(/^(WASM|TypeScript)/);
  await here.page.locator("vitrine-device-chip .chip").click();
  const reasons = await here.reasons();
  expect(reasons).toMatch(/WebGPU: The graphics adapter is a software one\./);
  expect(reasons).toMatch(/[\d.]+ ms .*steps\/s/);
  expect(reasons).not.toContain("earlier visit");

  const again = await here.context.newPage();
  await again.goto(`${site.origin}/#env=cartpole&agent=ppo&seed=8&${SMALL}&budget=20000`);
  await until("it trains again", async () => (await stepOf(again)) > 0, 60);
  await again.locator("vitrine-device-chip .chip").click();
  expect(await textOf(again.locator("vitrine-device-chip .pop"))).toContain("The times are from an earlier visit.");
  await here.context.close();
});
