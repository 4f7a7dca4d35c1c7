import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isAtLeast, whyInstall } from "../../scripts/lib/install.mjs";

let root = "";

function write(path: string, value: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(value));
}

/** Packages as npm notes them: what the lock file wants, and what lies in node_modules. */
function house(present: Readonly<Record<string, string>>): void {
  write("package-lock.json", {
    packages: {
      "": { name: "house" },
      "node_modules/lit": { version: "3.3.3" },
      "node_modules/vitest": { version: "4.1.12", dev: true },
      "node_modules/rolldown-other-platform": { version: "1.0.0", optional: true },
    },
  });
  const packages = Object.entries(present).map(([name, version]) => [`node_modules/${name}`, { version }]);
  write("node_modules/.package-lock.json", { packages: Object.fromEntries(packages) });
  for (const [name, version] of Object.entries(present)) write(`node_modules/${name}/package.json`, { version });
}

describe("whyInstall", () => {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "vitrine install "));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test("a fresh clone needs everything", () => {
    write("package-lock.json", { packages: {} });
    expect(whyInstall({ dev: false, root })).toBe("none are there yet");
  });

  test("what only tests need is no reason for the page, but one for the tests", () => {
    house({ lit: "3.3.3" });
    expect(whyInstall({ dev: false, root })).toBeNull();
    expect(whyInstall({ dev: true, root })).toBe("vitest is missing");
  });

  test("another version than the lock file's is a reason", () => {
    house({ lit: "3.3.2", vitest: "4.1.12" });
    expect(whyInstall({ dev: false, root })).toBe("lit is 3.3.2, not 3.3.3");
  });

  test("a package that was deleted by hand is missing", () => {
    house({ lit: "3.3.3", vitest: "4.1.12" });
    expect(whyInstall({ dev: true, root })).toBeNull();
    rmSync(join(root, "node_modules/lit"), { recursive: true });
    expect(whyInstall({ dev: true, root })).toBe("lit is missing");
  });
});

test("versions are compared number by number", () => {
  expect(isAtLeast("20.19.0", "20.19")).toBe(true);
  expect(isAtLeast("22.0.0", "20.19")).toBe(true);
  expect(isAtLeast("20.9.1", "20.19")).toBe(false);
  expect(isAtLeast("18.20.4", "20.19")).toBe(false);
});

test("the lock file names the packages of every platform, and exact versions throughout", () => {
  const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", name), "utf8"));
  const { packages } = read("package-lock.json") as {
    packages: Record<string, { version?: string; optionalDependencies?: Record<string, string> }>;
  };
  // npm leaves a package out that its registry lacked when the file was made; `npm ci` then refuses the file.
  const paths = Object.keys(packages);
  const named = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(named.filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
  expect(paths.filter((path) => path !== "" && !packages[path].version)).toEqual([]);

  const { dependencies, devDependencies } = read("package.json") as Record<string, Record<string, string>>;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, wanted]) => !/^\d+\.\d+\.\d+$/.test(wanted),
  );
  expect(loose).toEqual([]);
});
