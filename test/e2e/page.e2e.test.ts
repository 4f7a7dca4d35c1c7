import { gzipSync } from "node:zlib";
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, launch, type Served, serve, stepOf, textOf, until, type Visit, visit } from "./page-kit.js";

let browser: Browser;
let site: Served;
const visits: Visit[] = [];

beforeAll(async () => {
  site = await serve(await build("site"));
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

async function open(link = "", options: Parameters<typeof visit>[2] = {}): Promise<Visit> {
  const opened = await visit(browser, `${site.origin}/${link}`, options);
  visits.push(opened);
  return opened;
}

const close = ({ context }: Visit) => context.close();
const mainButton = ({ page }: Visit) => page.locator("vitrine-transport .main");
const notices = ({ page }: Visit) => page.locator("vitrine-notices .notice");

describe("the first visit", () => {
  it("starts to learn by itself, and the pole stays up soon after", async () => {
    const here = await open();
    await until("a step was trained", async () => (await stepOf(here.page)) > 0);
    const started = await here.page.evaluate(() => performance.now());
    console.log(`first training seen ${(started / 1000).toFixed(2)} s after navigation`);
    await until("it is solved", async () =>
      (await textOf(here.page.locator("vitrine-diagnosis .verdict"))).includes("Solved"),
    );
    expect(here.errors).toEqual([]);
    await close(here);
  });

  it("shows the seed it drew and puts it into the address, so that the run can be found again", async () => {
    const here = await open();
    const seed = await here.page.getByLabel("Seed", { exact: true }).inputValue();
    expect(seed).toMatch(/^\d+$/);
    expect(here.page.url()).toContain(`seed=${seed}`);
    await close(here);
  });

  it("stands at once: nothing shifts, and nothing scrolls at 1440 by 900", async () => {
    const here = await open();
    await until("a step was trained", async () => (await stepOf(here.page)) > 0);
    await here.page.waitForTimeout(1000);
    const shift = await here.page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value;
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve(sum), 200);
        }),
    );
    expect(shift).toBeLessThan(0.02);
    const overflow = await here.page.evaluate(() => {
      const parts = [document.scrollingElement ?? document.body];
      const lab = document.querySelector("vitrine-lab")?.shadowRoot;
      for (const part of lab?.querySelectorAll(".insight, .centre, .curves") ?? []) parts.push(part);
      return parts.map((part) => [part.scrollHeight - part.clientHeight, part.scrollWidth - part.clientWidth]);
    });
    expect(overflow.flat().every((pixels) => pixels <= 0)).toBe(true);
    await close(here);
  });

  it("covers no number of the form with its unit, in French either", async () => {
    const here = await open("#env=inventory&agent=hdpo&autoplay=0", { locale: "fr-FR" });
    await here.page.locator("vitrine-setup em").first().waitFor({ state: "attached" });
    for (const summary of await here.page.locator("vitrine-setup summary").all()) await summary.click();
    const gaps = await here.page.locator("vitrine-setup em").evaluateAll((units) =>
      units.map((unit) => {
        const field = unit.parentElement?.querySelector("input") as HTMLElement;
        const end = field.getBoundingClientRect().right - Number.parseFloat(getComputedStyle(field).paddingRight);
        return unit.getBoundingClientRect().left - end;
      }),
    );
    expect(gaps.length).toBeGreaterThan(8);
    expect(gaps.every((gap) => gap > 2)).toBe(true);
    await close(here);
  });

  it("loads at most 120 kB of JavaScript (gzip) before Train, and nothing from elsewhere", async () => {
    const here = await open("#autoplay=0");
    await here.page.waitForTimeout(1500);
    const scripts = here.requests.filter((address) => address.endsWith(".js"));
    const sizes = await Promise.all(
      scripts.map(async (address) => [address, gzipSync(await (await fetch(address)).text()).length] as const),
    );
    for (const [address, size] of sizes)
      console.log(`${(size / 1000).toFixed(1)} kB gzip  ${new URL(address).pathname}`);
    const isWorker = (address: string) => /worker/.test(address);
    const total = sizes.filter(([address]) => !isWorker(address)).reduce((sum, [, size]) => sum + size, 0);
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThan(120_000);
    expect(scripts.filter((address) => /tfjs|three/.test(address))).toEqual([]);
    expect(here.requests.filter((address) => !address.startsWith(site.origin) && !address.startsWith("blob:"))).toEqual(
      [],
    );
    await close(here);
  });
});

describe("a link", () => {
  it("with autoplay=0 waits for Train", async () => {
    const here = await open("#env=cartpole&seed=7&autoplay=0");
    await until("Train can be pressed", () => mainButton(here).isEnabled());
    await here.page.waitForTimeout(600);
    expect(await stepOf(here.page)).toBe(0);
    expect(await textOf(mainButton(here))).toContain("Train");
    await mainButton(here).click();
    await until("it trains", async () => (await stepOf(here.page)) > 0);
    await close(here);
  });

  it("that is broken is refused field by field, by name, and the rest of it is used", async () => {
    const here = await open("#env=mars&seed=7&agent.learningRate=3&env.length=0.7&autoplay=0");
    await until("two fields are refused", async () => (await notices(here).count()) === 2);
    const text = (await notices(here).allInnerTexts()).join("\n");
    expect(text).toContain("env was not used: expected one of cartpole");
    expect(text).toContain("agent.learningRate was not used: expected a number from 0.000001 to 0.1, got 3");
    expect(here.page.url()).toContain("env=cartpole&agent=ppo&seed=7&env.length=0.7");
    await mainButton(here).click();
    await until("it trains all the same", async () => (await stepOf(here.page)) > 0);
    await close(here);
  });

  it("typed into the address of the open page is followed", async () => {
    const here = await open("#seed=7&autoplay=0");
    await here.page.evaluate(() => {
      location.hash = "#env=cartpole&agent=dqn&seed=8&autoplay=0";
    });
    await until("the run is another", async () => (await textOf(here.page.locator("h1"))) === "Cart-pole, DQN");
    expect(await here.page.getByLabel("Seed", { exact: true }).inputValue()).toBe("8");
    await close(here);
  });

  it("is copied by Share, and opens the same configuration elsewhere", async () => {
    const here = await open("#seed=7&env.length=0.7&autoplay=0", {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await here.page.getByRole("button", { name: /^Share/ }).click();
    await until("the page says so", async () => (await notices(here).count()) === 1);
    const link = await here.page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(`${site.origin}/#env=cartpole&agent=ppo&seed=7&env.length=0.7&autoplay=0`);
    await close(here);
  });
});

describe("a reload", () => {
  const link = "#env=cartpole&agent=ppo&seed=7&budget=4000000";

  it("goes on with the run of this device, and the same link on another device starts from the seed", async () => {
    const here = await open(link);
    await until("a checkpoint is saved", async () =>
      (await textOf(here.page.locator("vitrine-bar .run"))).includes("saved"),
    );
    const before = await stepOf(here.page);
    await here.page.reload();
    await until("the page says that it goes on", async () => (await notices(here).count()) > 0);
    const said = await textOf(notices(here).first());
    const resumedAt = Number(/goes on from step ([\d\u202f]+)/.exec(said)?.[1].replaceAll("\u202f", ""));
    expect(resumedAt).toBeGreaterThan(0);
    await until("it is beyond where it was", async () => (await stepOf(here.page)) > Math.max(before, resumedAt));
    expect(await here.page.locator("vitrine-run-list tbody tr").count()).toBe(1);

    const elsewhere = await open(link);
    await until("it trains", async () => (await stepOf(elsewhere.page)) > 0);
    expect(await notices(elsewhere).count()).toBe(0);
    await close(here);
    await close(elsewhere);
  });

  it("goes on with the run whose settings were changed but not applied, and has those changes still", async () => {
    const here = await open(link);
    await until("a checkpoint is saved", async () =>
      (await textOf(here.page.locator("vitrine-bar .run"))).includes("saved"),
    );
    const gamma = here.page.locator("vitrine-setup input#gamma");
    await gamma.fill("0.5");
    await gamma.press("Enter");
    const apply = here.page.getByRole("button", { name: "Apply: start afresh" });
    await apply.waitFor();
    expect(here.page.url()).not.toContain("gamma");
    await here.page.reload();
    await until("the page says that it goes on", async () => (await notices(here).count()) > 0);
    expect(await textOf(notices(here).first())).toMatch(/goes on from step [1-9]/);
    await apply.waitFor();
    expect(await gamma.inputValue()).toBe("0.5");
    expect(await here.page.locator("vitrine-run-list tbody tr").count()).toBe(1);
    await apply.click();
    await until("the new run is in the address", async () => here.page.url().includes("agent.gamma=0.5"));
    await close(here);
  });

  it("in a second tab does not touch the first tab's run", async () => {
    const here = await open(link);
    await until("a checkpoint is saved", async () =>
      (await textOf(here.page.locator("vitrine-bar .run"))).includes("saved"),
    );
    const second = await open(link, { context: here.context });
    await until("the second tab says so", async () =>
      (await notices(second).allInnerTexts()).join().includes("open in another tab"),
    );
    await until("both train", async () => (await stepOf(second.page)) > 0 && (await stepOf(here.page)) > 0);
    expect(here.errors.concat(second.errors)).toEqual([]);
    await close(here);
  });

  it("without storage trains all the same, and the chip says so", async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(() => {
      StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException("refused", "SecurityError"));
    });
    const here = await open(link, { context });
    await until("it trains", async () => (await stepOf(here.page)) > 0);
    await here.page.locator("vitrine-device-chip .chip").click();
    expect(await textOf(here.page.locator("vitrine-device-chip .pop"))).toContain("keeps no files");
    await close(here);
  });
});

describe("the runs of this browser", () => {
  it("can be left by Reset, brought back by Undo, and deleted after a question", async () => {
    const here = await open("#seed=7&budget=20000");
    await until("the run is over", async () => (await textOf(mainButton(here))).includes("Continue"));
    await until("it is listed", async () => (await here.page.locator("vitrine-run-list tbody tr").count()) === 1);
    await here.page.getByRole("button", { name: /^Reset/ }).click();
    await until(
      "the second run is over and listed",
      async () => (await here.page.locator("vitrine-run-list tbody tr").count()) === 2,
    );
    await here.page.getByRole("button", { name: "Undo" }).click();
    // The newest stands first. One that was over is shown as it was, and does not go on.
    await until("the first is back", async () => (await here.page.locator("tbody tr:last-child.on").count()) === 1);
    await until("it is over", async () => (await textOf(mainButton(here))).includes("Continue"));
    expect((await notices(here).allInnerTexts()).join()).not.toContain("goes on");
    await here.page.getByRole("button", { name: /^Delete: / }).click();
    await here.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await until("one is left", async () => (await here.page.locator("vitrine-run-list tbody tr").count()) === 1);
    expect(here.errors).toEqual([]);
    await close(here);
  });

  it("can be taken home as a file", async () => {
    const here = await open("#seed=7&budget=20000");
    await until("it is listed", async () => (await here.page.locator("vitrine-run-list tbody tr").count()) === 1);
    const [download] = await Promise.all([
      here.page.waitForEvent("download"),
      here.page.getByRole("button", { name: /^Export/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("cartpole-ppo-s7-1.tar");
    await close(here);
  });

  it("Continue goes on after the end and raises the budget in the link", async () => {
    const here = await open("#seed=7&budget=20000");
    await until("the run is over", async () => (await textOf(mainButton(here))).includes("Continue"));
    await mainButton(here).click();
    await until("it is beyond its first budget", async () => (await stepOf(here.page)) > 21_000);
    expect(here.page.url()).toMatch(/budget=1\d{5}/);
    await close(here);
  });
});
