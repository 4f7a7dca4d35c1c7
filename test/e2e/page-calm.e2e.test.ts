import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { build, launch, type Served, serve, stepOf, until, visit } from "./page-kit.js";

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

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Wall-clock and processor time in microseconds. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/**
 * The tasks of the page's own thread during ten seconds of training, in milliseconds: by the wall clock, and in
 * processor time, which other work on the machine does not stretch.
 */
async function tasksWhileTraining(speed: number): Promise<{ wall: number; processor: number }[]> {
  const { page, context } = await visit(browser, `${site.origin}/#seed=7&budget=100000000`);
  await until("it trains", async () => (await stepOf(page)) > 0);
  await page.locator("vitrine-lab").evaluate((lab, value) => {
    (lab as HTMLElement & { speed: number }).speed = value;
  }, speed);
  // What happens before is loading.
  await page.waitForTimeout(500);
  const before = await stepOf(page);
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "__metadata"] });
  await page.waitForTimeout(10_000);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  expect(await stepOf(page)).toBeGreaterThan(before);
  await context.close();
  const threads = traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const isMain = ({ pid, tid }: TraceEvent) => threads.some((thread) => thread.pid === pid && thread.tid === tid);
  return traceEvents
    .filter((event) => event.name.endsWith("RunTask") && event.ph === "X" && isMain(event))
    .flatMap(({ dur, tdur }) =>
      // A task that was under way when the trace began or ended has no times.
      dur === undefined || tdur === undefined ? [] : [{ wall: dur / 1000, processor: tdur / 1000 }],
    );
}

it.each([1, 16])("no task of the page's own thread takes 50 ms while it trains, at speed %d", async (speed) => {
  const tasks = await tasksWhileTraining(speed);
  const longest = Math.max(...tasks.map(({ processor }) => processor));
  const wall = Math.max(...tasks.map(({ wall }) => wall));
  console.log(
    `speed ${speed}: longest of ${tasks.length} tasks ${longest.toFixed(1)} ms (${wall.toFixed(1)} by the wall clock)`,
  );
  expect(tasks.length).toBeGreaterThan(100);
  expect(longest).toBeLessThan(50);
});
