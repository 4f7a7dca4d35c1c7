import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, launch, type Served, serve, stepOf, textOf, until, visit } from "./page-kit.js";

/** A teacher's page with opinions of its own about everything. */
const article = (module: string, tag: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lesson</title>
<style>
  * { box-sizing: content-box; letter-spacing: 2px; }
  body { max-width: 900px; margin: 40px auto; font: italic 22px/2 serif; text-align: center; text-transform: uppercase; color: #630; }
  button { background: hotpink; border-radius: 30px; } h1, h2 { font-size: 60px; } table { border: 9px solid lime; }
</style></head>
<body><h1>Why does the pole stay up?</h1>
<script type="module" src="${module}"></script>
${tag}
</body></html>`;

let browser: Browser;
let library: Served;
let school: Served;

beforeAll(async () => {
  const folder = await build("lab");
  library = await serve(
    folder,
    {
      "/lesson.html": article(
        "./vitrine-lab.js",
        '<vitrine-lab env="cartpole" agent="ppo" seed="7" autoplay></vitrine-lab>',
      ),
      "/waiting.html": article(
        "./vitrine-lab.js",
        '<vitrine-lab seed="7" theme="dark"><p>Needs JavaScript.</p></vitrine-lab>',
      ),
      "/wrong.html": article(
        "./vitrine-lab.js",
        '<vitrine-lab env="mars" agent="sarsa" seed="-3" config="agent.gamma=9&env.length=0.7" speed="fast" theme="mauve" locale="xx"></vitrine-lab>',
      ),
    },
    true,
  );
  school = await serve("/nowhere", {
    "/lesson.html": article(
      `${library.origin}/vitrine-lab.js`,
      '<vitrine-lab env="cartpole" seed="7" autoplay></vitrine-lab>',
    ),
  });
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await library?.close();
  await school?.close();
});

const heading = (page: Page) => page.locator("vitrine-bar h1");

describe("in a foreign page, two lines", () => {
  it("make a lab that trains", async () => {
    const { page, context, errors, requests } = await visit(browser, `${library.origin}/lesson.html`);
    await until("it trains", async () => (await stepOf(page)) > 0);
    expect(await textOf(heading(page))).toBe("Cart-pole, PPO");
    expect(errors).toEqual([]);
    expect(requests.filter((address) => !address.startsWith(library.origin) && !address.startsWith("blob:"))).toEqual(
      [],
    );
    await context.close();
  });

  it("work from another origin too, where the Worker starts from a blob", async () => {
    const { page, context, errors, requests } = await visit(browser, `${school.origin}/lesson.html`);
    await until("it trains", async () => (await stepOf(page)) > 0);
    expect(requests.some((address) => address.startsWith(`${library.origin}/lab/worker`))).toBe(true);
    expect(errors).toEqual([]);
    await context.close();
  });

  it("leave the address, the page's looks and its keys alone, and are left alone by its styles", async () => {
    const { page, context } = await visit(browser, `${library.origin}/waiting.html`);
    await until("Train can be pressed", () => page.locator("vitrine-transport .main").isEnabled());
    expect(page.url()).toBe(`${library.origin}/waiting.html`);
    const looks = await page.evaluate(() => {
      const lab = document.querySelector("vitrine-lab")?.shadowRoot;
      const title = lab?.querySelector("vitrine-bar")?.shadowRoot?.querySelector("h1");
      const button = lab?.querySelector("vitrine-transport")?.shadowRoot?.querySelector(".main");
      if (!title || !button) throw new Error("the lab is not there");
      const { fontSize, fontStyle, textTransform, letterSpacing } = getComputedStyle(title);
      return { fontSize, fontStyle, textTransform, letterSpacing, button: getComputedStyle(button).backgroundColor };
    });
    expect(looks).toEqual({
      fontSize: "13px",
      fontStyle: "normal",
      textTransform: "none",
      letterSpacing: "normal",
      // The dark theme's action colour, in a light page.
      button: "rgb(156, 194, 243)",
    });
    await page.keyboard.press("Space");
    await page.waitForTimeout(500);
    expect(await stepOf(page)).toBe(0);
    expect(await page.evaluate(() => [document.documentElement.lang, document.body.scrollWidth <= innerWidth])).toEqual(
      ["en", true],
    );
    await context.close();
  });

  it("with attributes that cannot be used throw nothing, name each and use the rest", async () => {
    const { page, context, errors } = await visit(browser, `${library.origin}/wrong.html`);
    await until("it stands", async () => (await textOf(heading(page))) === "Cart-pole, PPO");
    const said = (await page.locator("vitrine-notices .notice").allInnerTexts()).join("\n");
    for (const field of ["env", "agent", "seed", "agent.gamma"]) expect(said).toContain(`${field} was not used`);
    expect(await page.locator("vitrine-lab").getAttribute("env")).toBe("cartpole");
    expect(await page.locator("vitrine-lab").getAttribute("speed")).toBe("1");
    expect(errors).toEqual([]);
    await context.close();
  });

  it("reflect both ways: an attribute changes the lab, and the lab its attributes", async () => {
    const { page, context } = await visit(browser, `${library.origin}/waiting.html`);
    const lab = page.locator("vitrine-lab");
    await until("it stands", async () => (await textOf(heading(page))) === "Cart-pole, PPO");
    await lab.evaluate((element) => element.setAttribute("env", "mountain-car"));
    await until("the world is another", async () => (await textOf(heading(page))) === "Mountain car, PPO");
    await page.locator("vitrine-transport").getByRole("textbox").fill("12");
    await page.keyboard.press("Enter");
    await until("the seed is reflected", async () => (await lab.getAttribute("seed")) === "12");
    await lab.evaluate((element) => element.setAttribute("env", "atlantis"));
    await until("it is refused", async () => (await lab.getAttribute("env")) === "mountain-car");
    await context.close();
  });

  it("stop their Worker when the element is taken out of the page", async () => {
    const { page, context } = await visit(browser, `${library.origin}/lesson.html`);
    await until("it trains", async () => (await stepOf(page)) > 0);
    expect(page.workers()).toHaveLength(1);
    await page.evaluate(() => document.querySelector("vitrine-lab")?.remove());
    await until("the Worker is gone", async () => page.workers().length === 0);
    await context.close();
  });
});
