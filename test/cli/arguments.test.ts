import { describe, expect, test } from "vitest";
import { numberOf, parseArguments, textOf, type Usage, wholeNumberOf } from "../../src/cli/arguments.js";

const usage: Usage = {
  summary: "test",
  positionals: ["run", "more?"],
  flags: [
    { name: "budget", value: { label: "N", allowed: "a whole number of steps" }, help: "" },
    { name: "set", value: { label: "K=V", allowed: "KEY=VALUE" }, help: "", repeated: true },
    { name: "fast", value: null, help: "" },
  ],
  examples: [],
};

describe("parseArguments", () => {
  test("reads values beside the flag and behind an equals sign, switches and the rest", () => {
    const args = parseArguments(usage, ["runs/a", "--budget", "5", "--set=a=1", "--set", "b=2=3", "--fast"]);
    expect(args.positionals).toEqual(["runs/a"]);
    expect(textOf(args, "budget")).toBe("5");
    expect(args.values.get("set")).toEqual(["a=1", "b=2=3"]);
    expect(args.values.has("fast")).toBe(true);
    expect(textOf(args, "json")).toBeUndefined();
  });

  test("a negative number is a value", () => {
    expect(textOf(parseArguments(usage, ["r", "--budget", "-110"]), "budget")).toBe("-110");
  });

  test.each([
    [
      ["r", "--bugdet", "5"],
      /^--bugdet: expected one of --budget, .* \(did you mean --budget\?\), got an unknown flag$/,
    ],
    [["r", "--budget"], "--budget: expected a whole number of steps, got no value"],
    [["r", "--budget", "--fast"], "--budget: expected a whole number of steps, got no value"],
    [["r", "--budget="], "--budget: expected a whole number of steps, got no value"],
    [["r", "--budget", "1", "--budget", "2"], "--budget: expected one value, got 1 and 2"],
    [["r", "--fast=yes"], '--fast: expected no value: it is a switch, got "yes"'],
    [[], "run: expected a run, got nothing"],
    [["r", "s", "t"], 'arguments: expected flags, which start with --, and nothing more, got "t"'],
  ])("refuses %j by name", (given, sentence) => {
    expect(() => parseArguments(usage, given)).toThrow(sentence);
  });

  test("help needs nothing else", () => {
    expect(parseArguments(usage, ["--help"]).values.has("help")).toBe(true);
  });
});

describe("numbers", () => {
  const whole = (text: string, min?: number) =>
    wholeNumberOf(parseArguments(usage, ["r", `--budget=${text}`]), "budget", min);

  test("are read as people write them", () => {
    expect(whole("100000")).toBe(100000);
    expect(whole("1e5")).toBe(100000);
    expect(numberOf(parseArguments(usage, ["r", "--budget=-0.5"]), "budget")).toBe(-0.5);
    expect(wholeNumberOf(parseArguments(usage, ["r"]), "budget")).toBeUndefined();
  });

  test.each(["abc", "1.5", "-1", "0x10", "1e-1", "9007199254740993", " "])("refuse %j", (text) => {
    expect(() => whole(text)).toThrow(`--budget: expected a whole number of 0 or more, got ${text}`);
  });

  test("refuse what is too small", () => {
    expect(() => whole("0", 1)).toThrow("--budget: expected a whole number of 1 or more, got 0");
  });
});
