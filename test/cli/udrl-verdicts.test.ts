import { describe, expect, it } from "vitest";
import { findReproduction } from "../../src/cli/reproductions/index.js";
import type { CellResult } from "../../src/cli/reproductions/reproduction.js";
import { claimsText, marginOf, PAPER_CLAIMS, verdictOnMean } from "../../src/cli/reproductions/udrl-verdicts.js";

const udrl = findReproduction("udrl");

/** Results of made-up final returns, one for each seed. */
function resultsOf(variant: string, returns: readonly number[]): CellResult[] {
  const cells = udrl.cells().filter((cell) => cell.variant === variant);
  return returns.map((returnMean, i) => ({
    cell: cells[i].id,
    variant,
    hash: "",
    config: cells[i].config,
    summary: {
      env: "cartpole",
      agent: "udrl",
      seed: cells[i].config.seed,
      engine: "reference",
      steps: 1,
      seconds: 1,
      stepsPerSecond: 1,
      evaluations: [],
      final: { returnMean, returnStd: 2 * i, episodes: 100 },
      following: { points: [], correlation: 0.5 + 0.1 * i, episodesEach: 5 },
    },
    machine: "a processor",
    date: "2026-01-01",
  }));
}

describe("the verdict on a published mean", () => {
  it("is supported inside of the margin, refuted outside of it, and neither across its edge", () => {
    expect(verdictOnMean(195, 199, 199.9, 9)).toBe("supported");
    expect(verdictOnMean(150, 180, 199.9, 9)).toBe("refuted");
    expect(verdictOnMean(210, 220, 199.9, 9)).toBe("refuted");
    expect(verdictOnMean(150, 199, 199.9, 9)).toBe("not distinguishable");
    expect(verdictOnMean(100, 300, 199.9, 9)).toBe("not distinguishable");
  });

  it("takes a twentieth of the way from chance to solved as its margin", () => {
    expect(marginOf("cartpole")).toBeCloseTo(0.05 * (200 - 22.3), 6);
    expect(marginOf("acrobot")).toBeGreaterThan(10);
  });
});

describe("the table of upside-down RL", () => {
  it("compares learners that it has published cells of", () => {
    const variants = new Set(udrl.cells().map(({ variant }) => variant));
    for (const { world, better, worse } of PAPER_CLAIMS) {
      expect(variants).toContain(`${world}-${better}`);
      expect(variants).toContain(`${world}-${worse}`);
    }
  });

  it("gives median and mean over seeds with their interval, and says where too few were run", () => {
    const table = udrl.table(resultsOf("cartpole-random-forest", [180, 190, 200]));
    const row = table.find(
      ([world, learner, setting]) => world === "cartpole" && learner === "random-forest" && setting === "as published",
    );
    expect(row).toEqual([
      "cartpole",
      "random-forest",
      "as published",
      "3",
      "188.25 ± 13.82",
      "190.0 ± 2.0",
      // t(2, 97.5 %) = 4.303 times 10 / √3.
      "190.0 [165.2, 214.8]",
      "ρ 0.60",
      "not distinguishable",
    ]);
    const empty = table.find(([world, learner]) => world === "acrobot" && learner === "network");
    expect(empty?.slice(3)).toEqual(["0", "-75 ± 15.36", "–", "–", "–", "–"]);
  });

  it("judges a comparison of the paper by the interval of the difference", () => {
    const verdictOf = (network: readonly number[], forest: readonly number[]) => {
      const lines = claimsText(PAPER_CLAIMS.slice(0, 1), (_world, learner) =>
        learner === "network" ? resultsOf("cartpole-network", network) : resultsOf("cartpole-random-forest", forest),
      );
      return lines.find((line) => line.startsWith(`| ${PAPER_CLAIMS[0].text}`));
    };
    expect(verdictOf([199, 200, 198], [180, 182, 181])).toContain("| supported |");
    expect(verdictOf([180, 182, 181], [199, 200, 198])).toContain("| refuted |");
    expect(verdictOf([150, 200, 198], [180, 190, 181])).toContain("| not distinguishable |");
    expect(verdictOf([200], [190])).toContain("too few seeds");
  });
});
