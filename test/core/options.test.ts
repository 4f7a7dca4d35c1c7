import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import {
  booleanOption,
  choiceOption,
  describeOptions,
  integerOption,
  integersOption,
  numberOption,
  optionsSchema,
  optionText,
  parseOptions,
  parseOptionText,
} from "../../src/core/options.js";

const schema = optionsSchema({
  rate: numberOption({ title: "Rate", help: "A rate.", unit: "1/s", default: 0.5, min: 0, max: 1 }),
  count: integerOption({ title: "Count", help: "A count.", default: 3, min: 1, max: 9 }),
  quick: booleanOption({ title: "Quick", help: "Be quick.", default: false, advanced: true }),
  shape: choiceOption({ title: "Shape", help: "A shape.", choices: ["round", "square"], default: "round" }),
  widths: integersOption({ title: "Widths", help: "Widths.", default: [4, 4], min: 1, max: 8, maxLength: 3 }),
});

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.message;
  }
  return "nothing was refused";
};

describe("options", () => {
  it("absent ones take their defaults", () => {
    expect(parseOptions(schema, {}, "agent")).toEqual({
      rate: 0.5,
      count: 3,
      quick: false,
      shape: "round",
      widths: [4, 4],
    });
  });

  it("given ones stay, and a default list is never shared", () => {
    const first = parseOptions(schema, { rate: 1 }, "agent");
    expect(first.rate).toBe(1);
    expect(first.widths).not.toBe(parseOptions(schema, {}, "agent").widths);
  });

  it("describe themselves for forms and help, in the order of their declaration", () => {
    const described = describeOptions(schema);
    expect(described.map((option) => [option.key, option.kind])).toEqual([
      ["rate", "number"],
      ["count", "integer"],
      ["quick", "boolean"],
      ["shape", "choice"],
      ["widths", "integers"],
    ]);
    expect(described[0]).toMatchObject({ title: "Rate", unit: "1/s", min: 0, max: 1, default: 0.5 });
    expect(described[2].advanced).toBe(true);
  });

  it.each([
    [{ rate: 2 }, "agent.rate: expected a number from 0 to 1, got 2"],
    [{ rate: "0.5" }, 'agent.rate: expected a number from 0 to 1, got "0.5"'],
    [{ rate: Number.NaN }, "agent.rate: expected a number from 0 to 1, got NaN"],
    [{ count: 2.5 }, "agent.count: expected a whole number from 1 to 9, got 2.5"],
    [{ quick: 1 }, "agent.quick: expected true or false, got 1"],
    [{ shape: "flat" }, 'agent.shape: expected one of round, square, got "flat"'],
    [{ widths: [4, 99] }, "agent.widths: expected up to 3 whole numbers from 1 to 8, separated by commas, got [4,99]"],
    [
      { widths: [1, 1, 1, 1] },
      "agent.widths: expected up to 3 whole numbers from 1 to 8, separated by commas, got [1,1,1,1]",
    ],
    [[], "agent: expected an object of options, got []"],
  ])("refuse %j in one sentence with the field, what was given and what is allowed", (given, sentence) => {
    expect(refusal(() => parseOptions(schema, given, "agent"))).toBe(sentence);
  });

  it("an unknown one is refused by name, with those there are", () => {
    expect(refusal(() => parseOptions(schema, { raet: 1 }, "agent"))).toMatch(
      /^agent\.raet: expected one of the options rate, count, quick, shape, widths.*, got "raet"$/,
    );
    expect(refusal(() => parseOptionText(schema, "raet", "1", "env"))).toMatch(/^env\.raet: .*, got "raet"$/);
  });
});

describe("options as text", () => {
  it.each([
    ["rate", "0.25", 0.25],
    ["rate", "1e-3", 0.001],
    ["count", " 7 ", 7],
    ["quick", "true", true],
    ["quick", "0", false],
    ["shape", "square", "square"],
    ["widths", "8,2", [8, 2]],
    ["widths", "8x2", [8, 2]],
    ["widths", "", []],
  ])("%s=%s is read", (key, text, value) => {
    expect(parseOptionText(schema, key, text, "env")).toEqual(value);
  });

  it.each([
    ["rate", "fast", "env.rate: expected a number from 0 to 1, got fast"],
    ["rate", "", 'env.rate: expected a number from 0 to 1, got ""'],
    ["count", "0", "env.count: expected a whole number from 1 to 9, got 0"],
    ["quick", "yes", "env.quick: expected true or false, got yes"],
    ["shape", "Round", "env.shape: expected one of round, square, got Round"],
    ["widths", "8,,2", "env.widths: expected up to 3 whole numbers from 1 to 8, separated by commas, got 8,,2"],
  ])("%s=%s is refused", (key, text, sentence) => {
    expect(refusal(() => parseOptionText(schema, key, text, "env"))).toBe(sentence);
  });

  it("what is written is read back", () => {
    const options = parseOptions(schema, { rate: 0.125, quick: true, widths: [1, 2, 3] }, "env");
    for (const [key, value] of Object.entries(options)) {
      expect(parseOptionText(schema, key, optionText(value), "env")).toEqual(value);
    }
  });
});
