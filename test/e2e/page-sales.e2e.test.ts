import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { build, launch, type Served, serve, stepOf, textOf, until, visit } from "./page-kit.js";

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

const weeks = Array.from({ length: 171 }, (_, week) => week);
const header = [
  "product",
  "store",
  ...weeks.map((week) => new Date(Date.UTC(2015, 0, 6 + 7 * week)).toISOString().slice(0, 10)),
].join();
const lines = Array.from({ length: 40 }, (_, i) =>
  [`product ${i}`, "north", ...weeks.map((week) => (i % 7) + 3 + ((week * 7 + i) % 5))].join(),
);
const csv = [header, ...lines].join("\n");
const LINK = "#env=inventory&env.setting=one-store-sales&agent=hdpo&agent.trainTraces=40&seed=1&autoplay=0";

it("takes a file of sales by button or drop, names lines that are wrong, trains on it, and has it after a reload", async () => {
  const { page, context, errors } = await visit(browser, `${site.origin}/${LINK}`);
  const loader = page.locator("vitrine-sales-loader .drop");
  await until("generated sales are said to be", async () => (await textOf(loader)).includes("nobody made them"));
  expect(await textOf(loader)).toContain("product,store,2013-01-01");

  // By keyboard: the button opens the browser's own dialog.
  const chosen = page.waitForEvent("filechooser");
  await loader.getByRole("button", { name: "Choose a CSV file …" }).focus();
  await page.keyboard.press("Enter");
  const bad = csv
    .replace("\nproduct 4,north,", "\nproduct 4,north,-")
    .replace("\nproduct 9,north,", "\nproduct 8,north,");
  await (await chosen).setFiles({ name: "bad.csv", mimeType: "text/csv", buffer: Buffer.from(bad) });
  await until("bad lines are named", async () => (await textOf(loader)).includes("line 6:"));
  expect(await textOf(loader)).toContain('line 11: expected one line for each product and store, got "product 8"');
  expect(page.url()).not.toContain("env.sales");

  await loader.evaluate((target, text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], "sales.csv", { type: "text/csv" }));
    target.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, csv);
  await until("the sales are told of", async () => (await textOf(loader)).includes("40"));
  expect(await textOf(loader)).not.toContain("line 6:");
  await until("the address names them", async () => /env\.sales=[0-9a-f]{16}/.test(page.url()));

  await page.locator("vitrine-transport .main").click();
  await until("a step was trained", async () => (await stepOf(page)) > 0);
  await page.locator("vitrine-transport .main").click();
  const step = await stepOf(page);
  await page.waitForTimeout(500);
  await page.reload();
  await until("the run is there again", async () => (await stepOf(page)) >= step);
  await until("and so are the sales", async () => (await textOf(loader)).includes("2015-01-06"));

  // The command line can go on with what the page exports: the file is in it.
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page
      .getByRole("button", { name: /^Export as a file/ })
      .first()
      .click(),
  ]);
  const folder = await mkdtemp(join(tmpdir(), "vitrine-sales-"));
  await download.saveAs(join(folder, "run.tar"));
  execFileSync("tar", ["-xf", "run.tar"], { cwd: folder });
  const [run] = (await readdir(folder)).filter((name) => name !== "run.tar");
  expect(await readFile(join(folder, run, "sales.csv"), "utf8")).toBe(csv);
  await rm(folder, { recursive: true });
  expect(errors).toEqual([]);
  await context.close();
});

it("says in one sentence that another browser does not have the sales of a link", async () => {
  const { page } = await visit(
    browser,
    `${site.origin}/${LINK}&env.sales=0123456789abcdef`.replace("autoplay=0", "autoplay=1"),
  );
  await until("it is said", async () =>
    (await textOf(page.locator("vitrine-notices .notice").first())).includes("load their CSV file again"),
  );
});
