import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildLibrary } from "../../scripts/lib/library.mjs";
import { buildLabModule } from "../../scripts/lib/site.mjs";

const ROOT = join(import.meta.dirname, "..", "..");
const exec = promisify(execFile);
let folder = "";

/** Runs a module in plain Node, in a project that has installed the package. */
async function runModule(text: string): Promise<string> {
  const path = join(folder, "main.mjs");
  await writeFile(path, text);
  return (await exec(process.execPath, [path], { cwd: folder })).stdout;
}

describe("the package, installed in another project", () => {
  beforeAll(async () => {
    await buildLibrary();
    await buildLabModule();
    folder = await mkdtemp(join(tmpdir(), "vitrine package "));
    // What `npm pack` would ship, unpacked; its dependencies are those of this checkout.
    const { stdout } = await exec("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
      cwd: ROOT,
    });
    const [{ filename }] = JSON.parse(stdout) as { filename: string }[];
    await exec("tar", ["-xzf", join(folder, filename), "-C", folder]);
    await mkdir(join(folder, "node_modules"));
    await symlink(join(folder, "package"), join(folder, "node_modules/vitrine"));
    await symlink(join(ROOT, "node_modules"), join(folder, "package/node_modules"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("trains a few updates in plain Node, keeps the run and measures the policy", async () => {
    const out = await runModule(`
      import { agents, environments, evaluatePolicy, recordSession, resolveConfig, RunStore, Session } from "vitrine";
      import { NodeRunFiles } from "vitrine/node";
      const config = resolveConfig({ env: "cartpole", agent: "ppo", seed: 1, budget: 1500, evaluation: { every: 1000 } });
      const session = await Session.create(config);
      const record = { format: 1, config, seed: 1, engine: session.engine, versions: {}, created: "2026-01-01" };
      const store = await RunStore.create(new NodeRunFiles("run"), record);
      const ending = await recordSession(session, store);
      const request = { episodes: 5, seed: 2, streamName: "check", options: config.envOptions };
      const { returns } = await evaluatePolicy(session.policy, session.environment, request);
      const checkpoint = await store.loadCheckpoint();
      console.log(JSON.stringify({
        ending, step: session.step, saved: checkpoint.step, returns: [...returns],
        evaluations: session.evaluations.length, worlds: environments.length, agents: agents.length,
      }));
    `);
    const result = JSON.parse(out) as Record<string, number> & { returns: number[] };
    expect(result).toMatchObject({ ending: "budget", saved: result["step"], evaluations: 1 });
    expect(result.returns).toHaveLength(5);
    expect(Math.min(...result.returns)).toBeGreaterThan(0);
    expect(result["worlds"] * result["agents"]).toBeGreaterThan(0);
  });

  test("every engine that is offered can be asked for by name", async () => {
    const out = await runModule(`
      import { ENGINE_IDS, loadEngine } from "vitrine";
      const offered = [];
      for (const id of ENGINE_IDS) if (await loadEngine(id)) offered.push(id);
      console.log(JSON.stringify(offered));
    `);
    expect(JSON.parse(out)).toEqual(expect.arrayContaining(["wasm-simd", "reference", "tfjs-cpu"]));
  });

  test("its types are found and hold", async () => {
    await writeFile(
      join(folder, "use.mts"),
      `import { type Evaluation, resolveConfig, Session } from "vitrine";
       import { NodeRunFiles } from "vitrine/node";
       const session: Session = await Session.create(resolveConfig({ env: "cartpole", agent: "ppo" }));
       const last: Evaluation | undefined = session.evaluations.at(-1);
       export const files: string = new NodeRunFiles("run").folder;
       export const mean: number | undefined = last?.returnMean;
       // @ts-expect-error a budget is a number
       resolveConfig({ env: "cartpole", agent: "ppo", budget: "many" });\n`,
    );
    const flags = "--noEmit --strict --target es2022 --module nodenext --moduleResolution nodenext --skipLibCheck";
    const types = ["--typeRoots", join(ROOT, "node_modules/@types"), "--types", "node"];
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const args = [tsc, ...flags.split(" "), ...types, join(folder, "use.mts")];
    const { stdout } = await exec(process.execPath, args, { cwd: folder }).catch(
      (error) => error as { stdout: string },
    );
    expect(stdout).toBe("");
  });

  test("it ships the element, the Worker, the command and no sources", async () => {
    const manifest = JSON.parse(await readFile(join(folder, "package/package.json"), "utf8"));
    expect(await readFile(join(folder, "package", manifest.exports["./lab"]), "utf8")).toContain("import");
    const worker = join(folder, "package", manifest.exports["./worker"]);
    expect(await readFile(worker, "utf8")).toContain("SessionHost");
    const command = join(folder, "package", manifest.bin.vitrine);
    expect((await exec(process.execPath, [command, "--version"])).stdout).toBe("0.1.0\n");
    await expect(readFile(join(folder, "package/src/index.ts"))).rejects.toThrow("ENOENT");
  });
});
