import { chromium } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CHROMIUM_FLAGS, findChromium } from "../../scripts/lib/chromium.mjs";
import { build, type Served, serve, stepOf, textOf, until, visit } from "./page-kit.js";

let site: Served;
beforeAll(async () => {
  site = await serve(await build("site"));
});
afterAll(() => site?.close());

it("trains on WebGPU in the page's Worker when a person asks for it, and shows it", { timeout: 240_000 }, async () => {
  const executablePath = (await findChromium()) ?? undefined;
  const browser = await chromium.launch({ executablePath, chromiumSandbox: false, args: CHROMIUM_FLAGS });
  try {
    const link = "#env=cartpole&agent=ppo&seed=1&engine=wgsl&agent.numEnvs=12&agent.numSteps=32&agent.hidden=16";
    const here = await visit(browser, `${site.origin}/${link}`);
    await until("two updates were made", async () => (await stepOf(here.page)) >= 768, 180);
    expect(await textOf(here.page.locator("vitrine-device-chip .chip"))).toContain("WebGPU");
    expect(here.errors).toEqual([]);
  } finally {
    await browser.close();
  }
});
