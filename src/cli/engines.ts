import { calibrate, ENGINE_IDS, findAgent, InputError, loadWorld, resolveConfig, showValue } from "../index.js";
import { textOf } from "./arguments.js";
import type { Command } from "./command.js";
import { AGENT_FLAG, ENV_FLAG } from "./flags.js";
import { showTable } from "./output.js";

/** Times every engine that runs here on the network of one agent in one world. */
export const engines: Command = {
  name: "engines",
  usage: {
    summary: "which engines run here, and how fast each updates an agent's network",
    positionals: [],
    flags: [ENV_FLAG, AGENT_FLAG],
    examples: ["", "--env cartpole --agent dqn --json"],
  },
  async run(args, output) {
    const env = textOf(args, "env") ?? "cartpole";
    const agent = textOf(args, "agent") ?? "ppo";
    const config = resolveConfig({ env, agent, seed: 0 });
    const network = findAgent(agent).network((await loadWorld(env, {})).spec, config.agentOptions);
    if (!network) throw new InputError("--agent", showValue(agent), "an agent with a network");
    const report = await calibrate(network.spec, network.batch, {
      candidates: ENGINE_IDS,
      gathering: network.gathering,
    });
    output.line({ env, agent, batch: network.batch, ...report });
    const rows = report.timings.map(({ id, milliseconds, note }) => [
      `  ${id}`,
      milliseconds === null ? "" : milliseconds.toFixed(3),
      milliseconds === null ? note : `ms per update of ${network.batch} samples ${note}`.trimEnd(),
    ]);
    output.text(`${agent} in ${env} would run on ${report.chosen}: ${report.reason}\n${showTable(rows)}`);
    return 0;
  },
};
