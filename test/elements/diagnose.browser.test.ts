import { describe, expect, it } from "vitest";
import { type DiagnosisInput, diagnose, healthyText, readSigns } from "../../src/elements/diagnose.js";

const kl = { key: "kl", title: "KL divergence", help: "How far it moved.", healthy: [null, 0.03] as const };
const variance = { key: "variance", title: "Explained variance", help: "How much.", healthy: [0, null] as const };
const entropy = { key: "entropy", title: "Entropy", help: "How undecided.", healthy: null };

const at = (values: Record<string, number>) => readSigns([kl, variance, entropy], (key) => values[key] ?? null);
const input = (given: Partial<DiagnosisInput>): DiagnosisInput => ({
  signs: at({ kl: 0.01, variance: 0.9, entropy: 0.4 }),
  returns: [22, 100, 200],
  randomReturn: 22,
  solvedReturn: 475,
  lastEvaluation: 210,
  finished: false,
  ...given,
});

describe("the diagnosis", () => {
  it("has no verdict before anything is measured", () => {
    expect(diagnose(input({ signs: at({}), returns: [] })).verdict).toBeNull();
  });

  it("reads each sign against its healthy range, and none where there is no range", () => {
    expect(at({ kl: 0.05, variance: -1, entropy: 9 }).map(({ verdict }) => verdict)).toEqual(["watch", "watch", null]);
    expect(at({ kl: 0.03, variance: 0 }).map(({ verdict }) => verdict)).toEqual(["good", "good", null]);
  });

  it("names the one sign that is out of range, its value and the range", () => {
    const { verdict, title, evidence } = diagnose(input({ signs: at({ kl: 0.08, variance: 0.5 }) }));
    expect([verdict, title]).toEqual(["watch", "Watch the KL divergence."]);
    expect(evidence).toBe("It is 0.08, healthy is below 0.03. How far it moved.");
  });

  it("counts several signs that are out of range", () => {
    expect(diagnose(input({ signs: at({ kl: 0.08, variance: -2 }) })).title).toBe("2 signs out of range.");
  });

  it("says that it is solved, and then holds no sign against it", () => {
    const solved = diagnose(input({ lastEvaluation: 480, signs: at({ variance: -3 }) }));
    expect([solved.verdict, solved.title]).toEqual(["good", "Solved."]);
    expect(solved.evidence).toContain("scored 480");
  });

  it("tells rising from falling and from chance", () => {
    expect(diagnose(input({})).title).toBe("Learning steadily.");
    expect(diagnose(input({ finished: true })).title).toBe("Learned.");
    const fallen = [22, 200, 300, 400, 400, 400, 380, 300, 100, 90];
    expect(diagnose(input({ returns: fallen })).title).toBe("Falling back.");
    expect(diagnose(input({ returns: [22, 22, 21] })).title).toBe("No better than chance so far.");
  });

  it("takes no ups and downs of random actions for falling back", () => {
    const acrobot = { randomReturn: -499, solvedReturn: -100, lastEvaluation: -500 };
    const warmUp = [-500, -487, -490, -493, -495, -497, -498, -500, -500, -500];
    expect(diagnose(input({ ...acrobot, returns: warmUp })).title).toBe("No better than chance so far.");
  });

  it("says a range in words", () => {
    expect(healthyText([null, 0.03])).toBe("below 0.03");
    expect(healthyText([0, null])).toBe("above 0");
    expect(healthyText([0.1, 0.5])).toBe("0.1 to 0.5");
    expect(healthyText(null)).toBe("");
  });
});
