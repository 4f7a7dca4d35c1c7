import { expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/main.js";
import { agents, environments, VERSION } from "../../src/index.js";
import { call } from "./harness.js";

test("list --json is one line with every world and agent, options and all", async () => {
  const lines = (await call("list", "--json")).lines() as {
    environments: { id: string; options: { key: string }[] }[];
    agents: { id: string; options: { key: string; help: string }[]; learnsIn: string[] }[];
    engines: string[];
  }[];
  expect(lines).toHaveLength(1);
  const [listed] = lines;
  expect(listed.environments.map(({ id }) => id)).toEqual(environments.map(({ spec }) => spec.id));
  expect(listed.agents.map(({ id }) => id)).toEqual(agents.map(({ id }) => id));
  expect(listed.engines).toContain("reference");
  const cartpole = listed.environments.find(({ id }) => id === "cartpole");
  expect(cartpole?.options.map(({ key }) => key)).toContain("horizon");
  for (const { options } of listed.agents) expect(options.every(({ help }) => help.length > 0)).toBe(true);
});

test("an end of a range without a bound is null, since Infinity is no JSON", async () => {
  const [cartpole] = (await call("list", "cartpole", "--json")).lines() as { observation: { high: unknown }[] }[];
  expect(cartpole.observation.map(({ high }) => typeof high)).toEqual(["number", "object", "number", "object"]);
});

test.each([...environments.map(({ spec }) => spec.id), ...agents.map(({ id }) => id)])(
  "list %s names each of its options for a person",
  async (id) => {
    const [facts] = (await call("list", id, "--json")).lines() as { options: { key: string }[] }[];
    const { out } = await call("list", id);
    for (const { key } of facts.options) expect(out).toContain(key);
  },
);

test.each(environments.map(({ spec }) => spec.id))("list %s says what differs from its reference", async (id) => {
  const [{ differences }] = (await call("list", id, "--json")).lines() as { differences: string[] }[];
  expect(differences.length).toBeGreaterThan(0);
  expect((await call("list", id)).out).toContain(`Differs: ${differences[0]}`);
});

test("an unknown id is answered with the names there are", async () => {
  const called = await call("list", "cartpoel");
  expect(called).toMatchObject({ code: 2, out: "" });
  expect(called.err).toContain("did you mean cartpole?");
});

test("help names every command, and each command its flags", async () => {
  const { out, code } = await call("help");
  expect(code).toBe(0);
  for (const { name, usage } of COMMANDS) {
    expect(out).toContain(name);
    const own = (await call("help", name)).out;
    expect((await call(name, "--help")).out).toBe(own);
    for (const flag of usage.flags) expect(own).toContain(`--${flag.name}`);
  }
});

test("the version is the package's", async () => {
  expect((await call("--version")).out).toBe(`${VERSION}\n`);
  expect((await call("--version", "--json")).lines()).toEqual([{ version: VERSION }]);
});

test("an unknown command is refused", async () => {
  const called = await call("trian");
  expect(called).toMatchObject({ code: 2, out: "" });
  expect(called.err).toContain("did you mean train?");
});
