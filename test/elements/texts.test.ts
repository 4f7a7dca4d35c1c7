import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { templates } from "../../src/elements/locales/fr.js";
import { listedSpecTexts } from "../../src/elements/spec-texts.generated.js";
import { specTexts } from "../../src/elements/spec-texts.js";

const ROOT = resolve(import.meta.dirname, "../..");
const XLIFF = join(ROOT, "src/elements/locales/fr.xlf");

/** The units of an XLIFF file: id, source and target with their placeholders as `{0}`. */
function unitsOf(text: string): { id: string; source: string; target: string | null }[] {
  const plain = (part: string) =>
    part
      .replaceAll(/<x id="(\d+)"[^>]*\/>/g, "{$1}")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&apos;", "'")
      .replaceAll("&amp;", "&");
  return [...text.matchAll(/<trans-unit id="([^"]+)">(.*?)<\/trans-unit>/gs)].map(([, id, body]) => ({
    id,
    source: plain(/<source>(.*?)<\/source>/s.exec(body)?.[1] ?? ""),
    target: /<target>/.test(body) ? plain(/<target>(.*?)<\/target>/s.exec(body)?.[1] ?? "") : null,
  }));
}

describe("the texts of the page", () => {
  it("that come from specs and schemas are all listed for translation (else: npm run texts)", async () => {
    expect(listedSpecTexts()).toEqual(await specTexts());
  });

  it("are all extracted, and none of the extracted is stale (else: npm run texts)", () => {
    const folder = mkdtempSync(join(tmpdir(), "vitrine-texts-"));
    cpSync(XLIFF, join(folder, "fr.xlf"));
    const config = JSON.parse(readFileSync(join(ROOT, "lit-localize.json"), "utf8"));
    const copy = {
      ...config,
      $schema: undefined,
      tsConfig: join(ROOT, "tsconfig.json"),
      output: { ...config.output, outputDir: folder, localeCodesModule: join(folder, "codes.ts") },
      interchange: { ...config.interchange, xliffDir: folder },
    };
    writeFileSync(join(folder, "lit-localize.json"), JSON.stringify(copy));
    const tool = join(ROOT, "node_modules/@lit/localize-tools/bin/lit-localize.js");
    execFileSync(process.execPath, [tool, "extract", "--config", join(folder, "lit-localize.json")], { cwd: ROOT });
    const ids = (file: string) =>
      unitsOf(readFileSync(file, "utf8"))
        .map(({ id }) => id)
        .sort();
    expect(ids(join(folder, "fr.xlf"))).toEqual(ids(XLIFF));
  }, 120_000);

  it("are all translated, with the same placeholders", () => {
    const units = unitsOf(readFileSync(XLIFF, "utf8"));
    const placeholders = (text: string) => [...text.matchAll(/\{\d+\}/g)].map(([found]) => found).sort();
    expect(units.length).toBeGreaterThan(300);
    expect(units.filter(({ target }) => !target).map(({ source }) => source)).toEqual([]);
    for (const { source, target } of units) expect(placeholders(target ?? ""), source).toEqual(placeholders(source));
  });

  it("are in the module of the language as they are in the translators' file (else: npm run texts)", () => {
    const built = templates as Readonly<
      Record<string, string | { readonly strings: readonly string[]; readonly values: readonly number[] }>
    >;
    for (const { id, target } of unitsOf(readFileSync(XLIFF, "utf8"))) {
      const template = built[id];
      const text =
        typeof template === "string"
          ? template
          : template.strings.map((part, i) => (i === 0 ? part : `{${template.values[i - 1]}}${part}`)).join("");
      expect(text).toBe(target);
    }
  });
});
