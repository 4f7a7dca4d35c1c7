import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findReproduction, reproductions } from "../../src/cli/reproductions/index.js";
import type { Cell, CellResult } from "../../src/cli/reproductions/reproduction.js";
import {
  type CodeVersion,
  cellHash,
  codeVersions,
  pageText,
  ResultFiles,
} from "../../src/cli/reproductions/results.js";

const cartpole = findReproduction("cartpole");
let root = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "vitrine reproduce "));
  await cp(join(import.meta.dirname, "..", "..", "src"), join(root, "src"), { recursive: true });
});
afterAll(() => rm(root, { recursive: true, force: true }));

function resultOf(cell: Cell, code: CodeVersion, solvedAt: number | null, final: number): CellResult {
  const evaluations = [1000, 2000, 3000].map((step) => ({
    step,
    seconds: step / 1000,
    episodes: 20,
    returnMean: solvedAt !== null && step >= solvedAt ? 500 : 100,
    returnStd: 0,
  }));
  return {
    cell: cell.id,
    variant: cell.variant,
    hash: cellHash(cell, code),
    config: cell.config,
    summary: {
      env: "cartpole",
      agent: cell.variant,
      seed: cell.config.seed,
      engine: "wasm-simd",
      steps: 3000,
      seconds: 3,
      stepsPerSecond: 1000,
      evaluations,
      final: { returnMean: final, returnStd: 0, episodes: 20 },
    },
    machine: "a processor",
    date: "2026-01-01",
  };
}

describe("reproductions", () => {
  test.each(reproductions.map((reproduction) => [reproduction.name, reproduction] as const))(
    "%s has cells with names of their own and a table even before any was run",
    (_name, reproduction) => {
      const ids = reproduction.cells().map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(reproduction.table([]).length).toBeGreaterThan(1);
    },
  );

  test("a cell's hash follows its config and the code that trains, and nothing else", async () => {
    const [cell, other] = cartpole.cells();
    const code = codeVersions(root);
    expect(codeVersions(root)(cell.config)).toBe(code(cell.config));
    expect(cellHash(cell, code)).not.toBe(cellHash(other, code));
    const changed = async (path: string, explains = false, config = { env: "cartpole", agent: "dqn" }) => {
      const file = join(root, path);
      const [before, text] = [codeVersions(root, explains)(config), await readFile(file, "utf8")];
      await writeFile(file, `${text}// changed\n`);
      const after = codeVersions(root, explains)(config);
      await writeFile(file, text);
      return after !== before;
    };
    // The command line, what is drawn and what the page alone needs train nothing.
    for (const path of ["src/cli/main.ts", "src/envs/cartpole/draw.ts", "src/training/stage.ts"]) {
      expect(await changed(path), path).toBe(false);
    }
    // Algorithms are imported when they are trained, kernels by their own compiler.
    for (const path of ["src/agents/dqn.ts", "src/envs/cartpole/dynamics.ts", "src/compute/wasm/assembly/adam.ts"]) {
      expect(await changed(path), path).toBe(true);
    }
    // Neither do other worlds and agents.
    for (const path of ["src/agents/ppo.ts", "src/agents/index.ts", "src/envs/lunar-lander/simulation.ts"]) {
      expect(await changed(path), path).toBe(false);
    }
    const lander = { env: "lunar-lander-continuous", agent: "ppo" };
    expect(await changed("src/envs/lunar-lander/simulation.ts", false, lander)).toBe(true);
    expect(await changed("src/interpret/distil.ts")).toBe(false);
    expect(await changed("src/interpret/distil.ts", true)).toBe(true);
  });

  test.each(reproductions.map((reproduction) => [reproduction.name, reproduction] as const))(
    "every cell of %s names its engine, so that no calibration picks one",
    (_name, reproduction) => {
      expect(new Set(reproduction.cells().map(({ config }) => config.engine))).toEqual(new Set(["wasm-simd"]));
    },
  );

  test("outside of a checkout it says what it needs", () => {
    expect(() => codeVersions(join(root, "src"))).toThrow("reproduce: expected a checkout of Vitrine");
  });

  test("results are stored by cell, and the page says how many of them there are", async () => {
    const files = new ResultFiles(root, cartpole);
    const code = codeVersions(root);
    const cells = cartpole.cells();
    expect(files.read(cells[0])).toBeNull();
    files.write(cells[0], resultOf(cells[0], code, 2000, 500));
    files.write(
      cells[1],
      resultOf(cells[1], () => "earlier", null, 400),
    );
    expect(files.read(cells[0])?.hash).toBe(cellHash(cells[0], code));
    expect(existsSync(join(root, "docs/results/data/cartpole/ppo-s1.json"))).toBe(true);

    const text = await readFile(files.writePage(code), "utf8");
    expect(text).toContain("2 of 10 cells were run, over 2 seeds. 1 of them were run by earlier code");
    expect(text).toContain(
      "| ppo | 2 | 1 of 2 | 2,000 (2,000 to 2,000) | 2.00 (2.00 to 2.00) | 3.0 (3.0 to 3.0) | 450.0 [",
    );
    expect(text).toContain(" Rows without any are left out.\n");
    expect(text).not.toContain("| dqn |");
  });

  test("a result that was cut short counts as missing", async () => {
    const [cell] = cartpole.cells();
    const folder = join(root, "docs/results/data/cartpole");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${cell.id}.json`), '{"cell":');
    expect((await stat(join(folder, `${cell.id}.json`))).size).toBeGreaterThan(0);
    expect(new ResultFiles(root, cartpole).read(cell)).toBeNull();
  });

  test("a full page shows the median and range over seeds and the interval of the mean", () => {
    const code = () => "code";
    const results = cartpole
      .cells()
      .filter(({ variant }) => variant === "ppo")
      .map((cell, i) => resultOf(cell, code, [1000, 1000, 2000, 3000, 3000][i], [500, 500, 500, 500, 495][i]));
    const text = pageText(cartpole, results, code);
    expect(text).toContain("5 of 10 cells were run, over 5 seeds. Rows without any are left out.\n");
    // Mean 499, deviation √5, half-width 2.776 · √5 / √5.
    expect(text).toContain(
      "| ppo | 5 | 5 of 5 | 2,000 (1,000 to 3,000) | 2.00 (1.00 to 3.00) | 3.0 (3.0 to 3.0) | 499.0 [496.2, 501.8] |",
    );
  });
});
