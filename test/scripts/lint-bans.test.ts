import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
let house = "";

/** Lints one file and answers with the messages of errors. */
function lint(path: string, text: string): string[] {
  mkdirSync(join(house, path, ".."), { recursive: true });
  writeFileSync(join(house, path), text);
  const binary = join(root, "node_modules/@biomejs/biome/bin/biome");
  const args = [binary, "lint", "--vcs-enabled=false", "--reporter=json", path];
  const { stdout } = spawnSync(process.execPath, args, { cwd: house, encoding: "utf8" });
  const report = JSON.parse(stdout) as { diagnostics: { severity: string; message: unknown }[] };
  return report.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => JSON.stringify(message));
}

describe("the lint's bans", () => {
  beforeAll(() => {
    house = mkdtempSync(join(tmpdir(), "vitrine lint "));
    cpSync(join(root, "biome.json"), join(house, "biome.json"));
    cpSync(join(root, "scripts/lint"), join(house, "scripts/lint"), { recursive: true });
  });

  afterAll(() => rmSync(house, { recursive: true, force: true }));

  test.each([
    "export const x = Math.random();",
    'export const x = Math["random"]();',
    "export const draw = Math.random;",
    "const { random } = Math;\nexport const x = random();",
  ])("refuses in src: %s", (text) => {
    expect(lint("src/core/x.ts", `${text}\n`).join()).toContain("Math.random cannot be seeded");
  });

  test.each(["t.dataSync()", "t?.arraySync()", "t.bufferSync?.()", 't["dataSync"]()', "f(t).g.dataSync()"])(
    "refuses in src: %s",
    (call) => {
      const text = `import { f, t } from "./t.js";\nexport const used = f;\nexport const x = ${call};\n`;
      expect(lint("src/compute/tfjs/x.ts", text).join()).toContain("A synchronous read");
    },
  );

  test("leaves other calls in src, and all calls outside of it, alone", () => {
    const fine = "export const x = (t: { data(): number }) => t.data() + Math.floor(1.5);\n";
    expect(lint("src/core/x.ts", fine)).toEqual([]);
    const banned = "export const x = (t: { dataSync(): number }) => t.dataSync() + Math.random();\n";
    expect(lint("test/x.ts", banned)).toEqual([]);
  });
});
