import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, resolve } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from "playwright";
import { onTestFinished } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/** A static server on a free port, as any school's or department's would be. */
export interface Served {
  readonly origin: string;
  close(): Promise<void>;
}

/** Builds the page (or the embeddable element) when its sources changed, as `npm run build` does. */
export async function build(what: "site" | "lab"): Promise<string> {
  const script = new URL("../../scripts/lib/site.mjs", import.meta.url).href;
  const { buildSite, buildLabModule } = (await import(/* @vite-ignore */ script)) as Record<
    string,
    () => Promise<unknown>
  >;
  await (what === "site" ? buildSite() : buildLabModule());
  return join(ROOT, what === "site" ? "dist/site" : "dist");
}

/** Serves a folder; `pages` adds or replaces files by path. `shared` lets pages of other origins load from it. */
export async function serve(
  folder: string,
  pages: Readonly<Record<string, string>> = {},
  shared = false,
): Promise<Served> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://host").pathname;
    const name = path.endsWith("/") ? `${path}index.html` : path;
    const file = join(folder, normalize(name));
    const headers: Record<string, string> = {
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      "cache-control": "no-store",
      ...(shared && { "access-control-allow-origin": "*" }),
    };
    const body = pages[name] === undefined ? (existsSync(file) ? readFile(file) : null) : Promise.resolve(pages[name]);
    if (name === "/favicon.ico") {
      response.writeHead(204).end();
      return;
    }
    if (!body) {
      response.writeHead(404).end();
      return;
    }
    body.then(
      (content) => response.writeHead(200, headers).end(content),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => new Promise((done) => server.close(() => done()).closeAllConnections()),
  };
}

/**
 * The system's Chromium, or Playwright's own, as a person has it: without the flags for a software graphics adapter,
 * which would draw the page itself at a few frames a second. Tests that want one give its flags.
 */
export function launch(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"] || (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined);
  return chromium.launch({ executablePath, chromiumSandbox: false, args: ["--no-first-run", ...flags] });
}

/** A visit with everything noted that should not happen: errors, refused resources, requests to elsewhere. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts and of the console, in words. */
  readonly errors: string[];
  /** Addresses of all requests. */
  readonly requests: string[];
}

/** Opens a page in a fresh profile (or in the given one), which is closed with the test: a failed one would train on. */
export async function visit(
  browser: Browser,
  address: string,
  options: BrowserContextOptions & { readonly context?: BrowserContext } = {},
): Promise<Visit> {
  const { context: given, ...rest } = options;
  const context = given ?? (await browser.newContext({ viewport: { width: 1440, height: 900 }, ...rest }));
  if (!given) onTestFinished(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(address);
  return { page, context, errors, requests };
}

/** The step that the list of runs, or the head of the curve, says the run has reached. */
export async function stepOf(page: Page): Promise<number> {
  const label = await page.locator("vitrine-chart.return-chart [role=img]").getAttribute("aria-label");
  return Number(/at step ([\d\u202f]+)/.exec(label ?? "")?.[1].replaceAll("\u202f", "") ?? 0);
}

/** The text of an element, shadow parts of it excluded, with single spaces. */
export async function textOf(locator: Locator): Promise<string> {
  return ((await locator.textContent()) ?? "").replaceAll(/\s+/g, " ").trim();
}

/** Waits until something holds, and says what did not. */
export async function until(what: string, condition: () => Promise<boolean>, seconds = 45): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    if (await condition()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`not within ${seconds} s: ${what}`);
}
