import { wholeNumberOf } from "./arguments.js";
import type { Command } from "./command.js";
import { openRun } from "./run.js";
import { driveAndReport } from "./train.js";

/** Goes on with a run from its last checkpoint, bit for bit. */
export const resume: Command = {
  name: "resume",
  usage: {
    summary: "go on with a run from its last checkpoint, as if it had never stopped",
    positionals: ["run"],
    flags: [
      {
        name: "budget",
        value: { label: "STEPS", allowed: "a whole number of environment steps" },
        help: "environment steps since the start (default: the run's own)",
      },
    ],
    examples: ["runs/cartpole-ppo-s1-1 --budget 200000"],
  },
  async run(args, output) {
    const budget = wholeNumberOf(args, "budget", 1);
    const run = await openRun(args.positionals[0]);
    const { session, store, notices } = run;
    for (const notice of notices) output.note(notice);
    if (budget !== undefined) session.budget = budget;
    if (session.finished !== null) {
      output.note(`Nothing to do: the run is at step ${session.step} of ${session.budget}; a higher --budget goes on.`);
    }
    await store.rewind(session.step);
    const { summary } = await driveAndReport(run, output, session.budget);
    output.line(summary);
    return 0;
  },
};
