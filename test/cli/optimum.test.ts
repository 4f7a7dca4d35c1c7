import { expect, test } from "vitest";
import { call } from "./harness.js";

const flags = (...pairs: readonly string[]) => pairs.flatMap((pair) => ["--set", `env.${pair}`]);

test("optimum prints the least cost of one store, and the best simple rules beside it", async () => {
  const store = flags("setting=one-store-lost", "leadTime=2", "underageCost=9");
  const { code, lines } = await call("optimum", ...store, "--traces", "16", "--json");
  expect(code).toBe(0);
  const [result] = lines();
  expect(result).toMatchObject({ kind: "optimal", policy: { kind: "table" }, justInTime: 0 });
  expect(Number(result["cost"]).toFixed(4)).toBe("6.0936");
  expect(result["rules"]).toMatchObject([
    { name: "capped-base-stock", level: 19, most: 6, text: "order up to 19, at most 6 at once" },
    { name: "base-stock", level: 19, text: "order up to 19" },
    { name: "newsvendor" },
  ]);
});

test("optimum says in words what is known", async () => {
  const { out } = await call("optimum", ...flags("setting=one-store-backlogged", "leadTime=1"));
  expect(out).toMatch(/^Optimal: 3.970\d per store and period, by base-stock level/);
  const own = ["--set", "env.network=store A under=9 mean=5 std=4; supplier>A:2; clipped=no"];
  expect((await call("optimum", ...own, "--traces", "16")).out).toContain("No optimum is known: demand may be below 0");
});

test("wrong input leaves with 2 and one sentence", async () => {
  const { code, err } = await call("optimum", ...flags("leadTime=0"));
  expect(code).toBe(2);
  expect(err).toBe("env.leadTime: expected a whole number from 1 to 20, got 0\n");
});

test("the world may be named, and is the one that can be solved", async () => {
  const { code } = await call("optimum", "--env", "inventory", ...flags("setting=one-store-backlogged", "leadTime=1"));
  expect(code).toBe(0);
  const other = await call("optimum", "--env", "cartpole");
  expect(other.code).toBe(2);
  expect(other.err).toBe('--env: expected inventory, the one world that can be solved, got "cartpole"\n');
});
