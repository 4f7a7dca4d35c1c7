import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const children: ChildProcess[] = [];
const servers: Server[] = [];

/** Starts `npm start` with flags and waits for its address, or for its end. */
async function start(...flags: readonly string[]) {
  const child = spawn(process.execPath, [join(ROOT, "scripts/start.mjs"), ...flags], { cwd: ROOT });
  children.push(child);
  let out = "";
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const url = new Promise<string | null>((resolve) => {
    child.stdout.on("data", (chunk) => {
      out += chunk;
      const found = /http:\/\/\S+/.exec(out);
      if (found && out.includes("Ctrl-C")) resolve(found[0]);
    });
    child.on("close", () => resolve(null));
  });
  return { child, url: await url, ended, err: () => err };
}

/** Occupies a free port. */
async function occupy(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("npm start", () => {
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const server of servers.splice(0)) server.close();
  });

  test("serves the page at the address it prints, and Ctrl-C ends it cleanly", async () => {
    const { child, url, ended } = await start();
    const page = await fetch(url ?? "");
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<vitrine-lab");
    child.kill("SIGINT");
    expect(await ended).toBe(0);
  });

  test("takes the port that was asked for, or says in one sentence that it is taken", async () => {
    const port = await occupy();
    const taken = await start("--port", String(port));
    expect(taken.url).toBeNull();
    expect(await taken.ended).toBe(1);
    expect(taken.err().trimEnd()).toMatch(new RegExp(`^The page could not be served: .*${port}.*$`));

    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const free = await start("--port", String(port));
    expect(new URL(free.url ?? "").port).toBe(String(port));
  });

  test.each([
    [["--port", "many"], "--port: expected a whole number from 1 to 65535, got many"],
    [["--prot", "5173"], "Unknown option '--prot'"],
  ])("refuses %j with exit code 2", async (flags, sentence) => {
    const { ended, err } = await start(...flags);
    expect(await ended).toBe(2);
    expect(err()).toContain(sentence);
  });
});
