import AxeBuilder from "@axe-core/playwright";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, launch, type Served, serve, stepOf, textOf, until, visit } from "./page-kit.js";

const LEVEL_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

let browser: Browser;
let site: Served;

beforeAll(async () => {
  site = await serve(await build("site"));
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Everything axe finds on the page as it stands, in one line each. */
async function findings(page: Page): Promise<string[]> {
  // Colours that are still fading are not those a person reads.
  await page.waitForTimeout(250);
  const { violations } = await new AxeBuilder({ page }).withTags(LEVEL_AA).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target} ${failureSummary}`),
  );
}

const transport = (page: Page) => page.locator("vitrine-transport .main");

/** Views of the page, each reached from the one before. */
const VIEWS: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ["setting up", (page) => until("Train can be pressed", () => transport(page).isEnabled())],
  [
    "a refused field",
    async (page) => {
      await page.getByLabel("Learning rate", { exact: true }).fill("3");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").waitFor();
    },
  ],
  [
    "all options open",
    async (page) => {
      await page.getByLabel("Learning rate", { exact: true }).fill("0.001");
      for (const summary of await page.locator("vitrine-option-form summary").all()) await summary.click();
    },
  ],
  [
    "training",
    async (page) => {
      await transport(page).click();
      await until("it trains", async () => (await stepOf(page)) > 0);
    },
  ],
  [
    "a changed option that waits",
    async (page) => {
      await page.getByLabel("Discount", { exact: true }).fill("0.9");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Apply: start afresh" }).waitFor();
    },
  ],
  ["paused", (page) => transport(page).click()],
  ["the reason for the device", (page) => page.locator("vitrine-device-chip .chip").click()],
  [
    "a table",
    async (page) => {
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Show as a table: Return" }).click();
      await page.getByRole("dialog").waitFor();
    },
  ],
  [
    "the keys",
    async (page) => {
      await page.keyboard.press("Escape");
      await page.locator("vitrine-lab").press("?");
    },
  ],
  [
    "notices and a question",
    async (page) => {
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Reset/ }).click();
      await page.getByRole("button", { name: "Undo" }).last().waitFor();
      await page
        .getByRole("button", { name: /^Delete: / })
        .first()
        .click();
      await page.getByRole("dialog").waitFor();
    },
  ],
];

const tab = (page: Page, id: string) => page.locator(`vitrine-inventory #${id}`).click();
const panel = (page: Page, part: string) => page.locator(`vitrine-inventory ${part}`).first().waitFor();

/** An inventory world: how its network is built, and what its policy costs, orders and passes on. */
const INVENTORY_VIEWS: typeof VIEWS = [
  [
    "the network editor",
    async (page) => {
      await page.getByRole("button", { name: "Build a network by hand" }).click();
      await page.getByRole("dialog", { name: "Build a network" }).waitFor();
    },
  ],
  [
    "a road of the network, selected",
    async (page) => {
      await page.getByRole("button", { name: "warehouse → store 1, lead time" }).click();
      await page.getByRole("textbox", { name: "warehouse → store 1: Lead time" }).waitFor();
    },
  ],
  [
    "a road of the network, on its way",
    async (page) => {
      await page.getByRole("button", { name: "supplier, 1 road out" }).press("Enter");
      await page.locator("vitrine-network-picture .linking").waitFor();
    },
  ],
  [
    "a network that lacks something",
    async (page) => {
      await page.keyboard.press("Escape");
      await page.getByText("As tables").click();
      await page.getByRole("button", { name: "Add a warehouse" }).click();
      await page.getByRole("table").getByRole("textbox", { name: "Name 1" }).fill("");
      await page.keyboard.press("Tab");
      await until("it says so", async () => (await page.getByRole("alert").innerText()) !== "");
    },
  ],
  [
    "costs by period",
    async (page) => {
      await page.keyboard.press("Escape");
      await transport(page).click();
      await panel(page, "vitrine-cost-plot table");
    },
  ],
  [
    "orders",
    async (page) => {
      await tab(page, "orders");
      await panel(page, ".plot");
    },
  ],
  [
    "messages of the graph network",
    async (page) => {
      await tab(page, "messages");
      await panel(page, "vitrine-message-bars table");
    },
  ],
  [
    "the gap",
    async (page) => {
      await tab(page, "gap");
      await panel(page, ".plot");
    },
  ],
];

const CART_POLE = "seed=7&autoplay=0&budget=2000000";
const INVENTORY =
  "env=inventory&agent=hdpo&seed=7&autoplay=0&env.setting=one-warehouse&env.numStores=2&agent.policy=gnn&evaluationEvery=5000";

/** By how many pixels the page is wider than the screen. */
const overhang = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

describe.each([
  ["1440 px, light", 1440, 900, "light"],
  ["1440 px, dark", 1440, 900, "dark"],
  ["390 px, light", 390, 844, "light"],
  ["390 px, dark", 390, 844, "dark"],
] as const)("axe at level AA and wide as the screen, %s", (_, width, height, colorScheme) => {
  it.each([
    ["cart-pole", CART_POLE, VIEWS],
    ["an inventory network", INVENTORY, INVENTORY_VIEWS],
  ] as const)("finds nothing on any view of %s", async (_world, link, views) => {
    const { page, context, errors } = await visit(browser, `${site.origin}/#${link}`, {
      viewport: { width, height },
      colorScheme,
    });
    for (const [view, reach] of views) {
      await reach(page);
      expect({ view, found: await findings(page), over: await overhang(page) }).toEqual({ view, found: [], over: 0 });
    }
    expect(errors).toEqual([]);
    await context.close();
  });
});

describe("the keyboard", () => {
  it("reaches every control, with a ring to be seen", async () => {
    const { page, context } = await visit(browser, `${site.origin}/#seed=7&autoplay=0&budget=5000000`);
    await until("Train can be pressed", () => transport(page).isEnabled());
    // The list of runs has something to press once there is a run.
    await page.keyboard.press("Space");
    await until("the run is in the list", () => page.getByLabel("Show as a table: runs").isVisible());
    await page.keyboard.press("Space");
    await until("it is paused", async () => (await textOf(transport(page))).includes("Train"));
    const names: string[] = [];
    const ringless: string[] = [];
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press("Tab");
      const [name, ring] = await page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        if (!element || element === document.body) return ["", true] as const;
        const labels = (element as HTMLInputElement).labels;
        const label = element.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? element.textContent ?? "";
        const shown = [element, ...(element.parentElement?.children ?? [])].some((part) => {
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part);
          return (
            (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2) || boxShadow.includes("0px 0px 0px 4px")
          );
        });
        return [label.replaceAll(/\s+/g, " ").trim(), shown] as const;
      });
      if (name === "") break;
      names.push(name);
      if (!ring) ringless.push(name);
    }
    expect(ringless).toEqual([]);
    // Bar, setup, stage, transport, insight, curves, runs.
    const order = [
      ...[
        /why$/,
        /^Share/,
        /^Colours/,
        /^Language/,
        /^Keys/,
        /^Cart-pole/,
        /^World options/,
        /^Algorithm/,
        /^Learning rate/,
      ],
      ...[/^Seeds$/, /^Train/, /^Step/, /^Reset/, /^Speed of the stage/, /^Seed$/, /^New seed/],
      ...[
        /table: reward/,
        /table: Return/,
        /table: signs/,
        /^KL divergence: show/,
        /^Curve$/,
        /table: Episode/,
        /table: runs/,
      ],
    ];
    const places = order.map((name) => names.findIndex((candidate) => name.test(candidate)));
    expect(places, names.join(" | ")).toEqual([...places].sort((x, y) => x - y));
    expect(places, names.join(" | ")).not.toContain(-1);
    await context.close();
  });

  it("trains, pauses, steps, changes the speed, starts afresh and tells its keys", async () => {
    const { page, context } = await visit(browser, `${site.origin}/#seed=7&autoplay=0&budget=5000000`);
    await until("Train can be pressed", () => transport(page).isEnabled());
    const press = (key: string) => page.keyboard.press(key);

    await press(".");
    await until("one update was made", async () => (await stepOf(page)) > 0);
    const oneUpdate = await stepOf(page);
    await press("Space");
    await until("it trains", async () => (await stepOf(page)) > oneUpdate);
    expect(await textOf(transport(page))).toContain("Pause");
    await press("Space");
    await until("it is paused", async () => (await textOf(transport(page))).includes("Train"));
    const paused = await stepOf(page);

    const speed = page.locator("vitrine-transport output");
    await press("]");
    await until("it is faster", async () => (await textOf(speed)) === "2 ×");
    await press("[");
    await press("[");
    await until("it is slower", async () => (await textOf(speed)) === "½ ×");

    await press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await press("r");
    await until("it is back at the start", async () => (await stepOf(page)) < paused);
    await context.close();
  });

  it("leaves keys to the field that is typed in, and Space to what has the focus", async () => {
    const { page, context } = await visit(browser, `${site.origin}/#seed=7&autoplay=0`);
    await until("Train can be pressed", () => transport(page).isEnabled());
    await page.getByLabel("Discount", { exact: true }).focus();
    await page.keyboard.type(".r ?");
    await page.getByRole("button", { name: "Keys" }).focus();
    await page.keyboard.press("Space");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    expect(await stepOf(page)).toBe(0);
    await context.close();
  });

  it("chooses a world with the arrows, as in any radio group", async () => {
    const { page, context } = await visit(browser, `${site.origin}/#seed=7&autoplay=0`);
    await page.getByRole("radio", { name: "Cart-pole" }).focus();
    await page.keyboard.press("ArrowRight");
    await until("the world is another", async () => page.url().includes("env=mountain-car"));
    expect(await textOf(page.locator("h1"))).toBe("Mountain car, PPO");
    await context.close();
  });

  it("opens a table, and comes back to its button when it is closed", async () => {
    const { page, context } = await visit(browser, `${site.origin}/#seed=7&budget=20000`);
    await until("it is over", async () => (await textOf(transport(page))).includes("Continue"));
    const button = page.getByRole("button", { name: "Show as a table: Return" });
    await button.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    expect(await dialog.locator("thead th").allInnerTexts()).toEqual(["Environment steps", "training", "evaluation"]);
    expect(await dialog.locator("tbody tr").count()).toBeGreaterThan(20);
    await page.keyboard.press("Escape");
    expect(await button.evaluate((element) => (element.getRootNode() as ShadowRoot).activeElement === element)).toBe(
      true,
    );
    await context.close();
  });
});

it("the stage is told in words at most once in two seconds", async () => {
  const { page, context } = await visit(browser, `${site.origin}/#seed=7`);
  const changes = await page.locator("vitrine-stage .live").evaluate(
    (live) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        new MutationObserver(() => times.push(performance.now())).observe(live, {
          childList: true,
          characterData: true,
          subtree: true,
        });
        setTimeout(() => resolve(times), 7000);
      }),
  );
  expect(changes.length).toBeGreaterThan(1);
  const gaps = changes.slice(1).map((time, i) => time - changes[i]);
  expect(Math.min(...gaps)).toBeGreaterThan(1900);
  await context.close();
});

it("with reduced motion the stage is drawn six times a second", async () => {
  const { page, context } = await visit(browser, `${site.origin}/#seed=7`, { reducedMotion: "reduce" });
  await until("the stage plays", async () => Number(await textOf(page.locator("vitrine-stage .step"))) > 0);
  // Counts animation frames in which anything was cleared on the canvas, over at least three seconds.
  const { drawn, seconds } = await page.evaluate(
    () =>
      new Promise<{ drawn: number; seconds: number }>((resolve) => {
        const stage = document.querySelector("vitrine-lab")?.shadowRoot?.querySelector("vitrine-stage");
        const drawing = stage?.shadowRoot?.querySelector("canvas")?.getContext("2d") as CanvasRenderingContext2D;
        const clear = drawing.clearRect.bind(drawing);
        let cleared = false;
        let drawn = 0;
        drawing.clearRect = (...place) => {
          cleared = true;
          clear(...place);
        };
        const start = performance.now();
        const next = () => {
          if (cleared) drawn++;
          cleared = false;
          const seconds = (performance.now() - start) / 1000;
          if (seconds < 3 || drawn === 0) requestAnimationFrame(next);
          else resolve({ drawn, seconds });
        };
        requestAnimationFrame(next);
      }),
  );
  expect(drawn).toBeGreaterThan(0);
  expect(drawn).toBeLessThanOrEqual(6 * seconds + 2);
  await context.close();
});
