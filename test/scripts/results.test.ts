import { expect, test } from "vitest";
import { countTests } from "../../scripts/lib/results.mjs";

const file = (status: string, ...statuses: string[]) => ({
  status,
  assertionResults: statuses.map((each) => ({ status: each })),
});

test("tests are counted over all files, and anything neither passed nor failed was skipped", () => {
  const report = { testResults: [file("passed", "passed", "pending"), file("failed", "passed", "failed", "todo")] };
  expect(countTests(report)).toEqual({ passed: 2, failed: 1, skipped: 2 });
});

test("a file that could not be loaded counts as one failure", () => {
  expect(countTests({ testResults: [file("failed")] })).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
