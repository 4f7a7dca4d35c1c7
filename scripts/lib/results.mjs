/**
 * Counts tests in the report of Vitest's JSON reporter, over all projects.
 *
 * A file that could not be loaded has no tests of its own and counts as one failure.
 * @param {{ testResults: readonly { status: string, assertionResults: readonly { status: string }[] }[] }} report
 */
export function countTests(report) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report.testResults) {
    for (const { status } of file.assertionResults) {
      if (status === "passed") counts.passed++;
      else if (status === "failed") counts.failed++;
      else counts.skipped++;
    }
    if (file.status === "failed" && file.assertionResults.every(({ status }) => status !== "failed")) counts.failed++;
  }
  return counts;
}
