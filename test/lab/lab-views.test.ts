import { expect, test } from "vitest";
import { runRows } from "../../src/lab/lab-views.js";
import { configOf, parseLink } from "../../src/runs/link.js";
import type { RunEntry } from "../../src/runs/opfs-library.js";

/** A run of a link, as the library lists it. */
function entryOf(link: string): RunEntry {
  const config = configOf(parseLink(link, 7).settings);
  const record = { config, seed: config.seed, created: "2026-11-27T12:00:00Z" } as RunEntry["record"];
  return { name: link, record, step: 100, lastEvaluation: null };
}

const changesOf = (link: string) => runRows([entryOf(link)])[0].changes;

test("runs of one title are told apart by what their preset has not", () => {
  expect(changesOf("env=cartpole&agent=ppo")).toBe("");
  expect(changesOf("env=cartpole&agent=ppo&env.length=0.7&agent.gamma=0.9&budget=5000")).toBe(
    "Pole half-length 0.7, Discount 0.9",
  );
  expect(changesOf("env=inventory&agent=hdpo&env.setting=serial&agent.policy=symmetry-aware")).toBe(
    "serial, symmetry-aware",
  );
  const network = "env.network=store A under=9 mean=5 std=2; supplier>A:3";
  expect(changesOf(`env=inventory&agent=hdpo&${network}&agent.learningRate=0.002`)).toBe(
    "Own network, Learning rate 0.002",
  );
});

test("a run of a world that is gone is listed without its changes", () => {
  const entry = entryOf("env=cartpole&agent=ppo");
  const config = { ...entry.record.config, env: "pong" };
  expect(runRows([{ ...entry, record: { ...entry.record, config } }])[0]).toMatchObject({
    title: "pong, ppo",
    changes: "",
  });
});
