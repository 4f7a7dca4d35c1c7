import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tarOf } from "../../src/runs/opfs-tar.js";

it("a run exported as tar is a run folder again for the system's own tar", () => {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-tar-"));
  const bytes = Uint8Array.from({ length: 1300 }, (_, i) => i % 251);
  const archive = tarOf([
    { path: "run-1/run.json", bytes: new TextEncoder().encode('{"é":1}') },
    { path: "run-1/checkpoints/512.bin", bytes },
    { path: "run-1/empty.jsonl", bytes: new Uint8Array(0) },
  ]);
  writeFileSync(join(folder, "run.tar"), archive);
  execFileSync("tar", ["-xf", "run.tar"], { cwd: folder });
  expect(readFileSync(join(folder, "run-1/run.json"), "utf8")).toBe('{"é":1}');
  expect(new Uint8Array(readFileSync(join(folder, "run-1/checkpoints/512.bin")))).toEqual(bytes);
  expect(readFileSync(join(folder, "run-1/empty.jsonl"))).toHaveLength(0);
});

it("a path too long for a tar header is refused with its length", () => {
  expect(() => tarOf([{ path: "x".repeat(101), bytes: new Uint8Array(0) }])).toThrow(/at most 100 bytes, got 101/);
});
