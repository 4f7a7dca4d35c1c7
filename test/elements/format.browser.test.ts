import { afterEach, describe, expect, it } from "vitest";
import {
  formatCompact,
  formatFixed,
  formatInteger,
  formatPercent,
  formatSignificant,
} from "../../src/elements/format.js";
import { currentLocale, useLocale } from "../../src/elements/localise.js";

afterEach(() => useLocale("en"));

describe("numbers", () => {
  it("have thin spaces between thousands and a true minus", () => {
    expect(formatInteger(81_920)).toBe("81\u202f920");
    expect(formatFixed(-0.5, 2)).toBe("−0.50");
  });

  it("have no more digits than they are worth", () => {
    expect([0.0112, 446.2, 22, -0.0007143, 2.54e-8, 0].map((value) => formatSignificant(value))).toEqual([
      "0.0112",
      "446",
      "22",
      "−0.000714",
      "2.54e−8",
      "0",
    ]);
    expect(formatSignificant(Number.NaN)).toBe("–");
  });

  it("are short where they are large", () => {
    expect([-40_000, 960, 12_400, 142_300, 1_240_000].map(formatCompact)).toEqual([
      "−40\u202fk",
      "960",
      "12.4\u202fk",
      "142\u202fk",
      "1.24\u202fM",
    ]);
    expect(formatPercent(0.413)).toBe("41\u202f%");
  });

  it("follow the language", async () => {
    await useLocale("fr");
    expect(currentLocale()).toBe("fr");
    expect(formatSignificant(0.25)).toBe("0,25");
    await useLocale("klingon");
    expect(currentLocale()).toBe("fr");
  });
});
