import { describe, expect, test } from "vitest";
import { Output, showDuration, showTable } from "../../src/cli/output.js";
import { ProgressBar } from "../../src/cli/progress-bar.js";

function terminal(json: boolean, isTTY: boolean) {
  const written = { out: "", err: "" };
  const streams = {
    out: { write: (text: string) => (written.out += text) },
    err: { write: (text: string) => (written.err += text), isTTY, columns: 60 },
  };
  return { written, output: new Output(streams, json) };
}

describe("Output", () => {
  test("with --json nothing but JSON lines reaches the output", () => {
    const { written, output } = terminal(true, false);
    output.text("for people");
    output.line({ a: 1 });
    output.note("beside it");
    expect(written).toEqual({ out: '{"a":1}\n', err: "beside it\n" });
  });

  test("without it nothing but text does", () => {
    const { written, output } = terminal(false, false);
    output.text("for people");
    output.line({ a: 1 });
    expect(written.out).toBe("for people\n");
  });

  test("a bar is drawn on a terminal alone, and wiped before anything else is printed", () => {
    const piped = terminal(false, false);
    piped.output.bar("half");
    expect(piped.written.err).toBe("");
    const { written, output } = terminal(false, true);
    output.bar("half".repeat(30));
    output.text("done");
    expect(written.err).toBe(`\r\x1b[K${"half".repeat(30).slice(0, 59)}\r\x1b[K`);
  });
});

test("the bar adds several trainings up and tells when they will be done", () => {
  const bar = new ProgressBar(terminal(false, false).output, "cartpole ppo × 2", 2000);
  bar.update(1, 0, 600, 20);
  bar.update(2, 200, 400, null);
  // 800 fresh steps in 4 s leave 1,000 more for 5 s.
  expect(bar.text(4)).toBe(
    "cartpole ppo × 2  [████████████░░░░░░░░░░░░]  50 %  1,000 steps  200/s  return 20.0  ETA 0:05",
  );
});

test("durations and tables are lined up", () => {
  expect([0, 59.6, 61, 3725].map(showDuration)).toEqual(["0:00", "1:00", "1:01", "1:02:05"]);
  expect(
    showTable([
      ["a", "1"],
      ["long", "100"],
    ]),
  ).toBe("a       1\nlong  100");
});

test("a table may have more lines than a call takes arguments", () => {
  const lines = showTable(Array.from({ length: 500_000 }, (_, i) => [`x${i}`, "1"])).split("\n");
  expect(lines[0]).toBe("x0       1");
});
