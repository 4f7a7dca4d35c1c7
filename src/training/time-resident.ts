import { findAgent, residentRefusal } from "../agents/index.js";
import type { EngineReport } from "../compute/engine.js";
import { openDevice } from "../compute/gpu/device.js";
import { createReferenceEngine } from "../compute/reference-engine.js";
import { createVectorEnvironment, loadWorld } from "../envs/index.js";
import type { SessionConfig } from "./config.js";

/** With fewer copies a graphics card idles, and its kernels would take longer to compile than they could ever save. */
const MIN_COPIES = 32;

/**
 * A calibration with what the graphics device gives where worlds, networks and updates stay on it, chosen anew.
 *
 * Times one iteration of the actual agent, after one in which its kernels are compiled. Nothing changes where the
 * device was not timed (there is none, or a software one), where the agent or world cannot stay there, or where the
 * report is remembered: then it is in it already.
 */
export async function withResident(report: EngineReport, config: SessionConfig): Promise<EngineReport> {
  const wasTimed = report.timings.some(({ id, milliseconds }) => id === "wgsl" && milliseconds !== null);
  if (!wasTimed || report.remembered) return report;
  const rate = await timeResident(config);
  const { spec } = await loadWorld(config.env, config.envOptions);
  const gathering = findAgent(config.agent).network(spec, config.agentOptions)?.gathering;
  if (rate === null || !gathering) return report;
  const timings = report.timings.map((timing) =>
    timing.id === "wgsl"
      ? { ...timing, stepsPerSecond: rate, milliseconds: (1000 * gathering.stepsPerUpdate) / rate }
      : timing,
  );
  const [best, second] = timings
    .filter(({ stepsPerSecond }) => stepsPerSecond !== undefined)
    .toSorted((a, b) => (b.stepsPerSecond ?? 0) - (a.stepsPerSecond ?? 0));
  const speed = `${best.id} allows ${Math.round(best.stepsPerSecond ?? 0)} steps a second`;
  const ratio = second ? (best.stepsPerSecond ?? 0) / (second.stepsPerSecond ?? 1) : null;
  const reason = ratio === null ? `${speed}.` : `${speed}, ${ratio.toFixed(1)} times as many as ${second.id}.`;
  return { ...report, chosen: best.id, reason, timings };
}

/** Environment steps per second of an agent that stays on the device; null where it cannot. */
async function timeResident({ env, agent, agentOptions, envOptions }: SessionConfig): Promise<number | null> {
  const definition = findAgent(agent);
  const environment = await loadWorld(env, envOptions);
  const numEnvs = definition.numEnvs(agentOptions);
  const { resident } = definition;
  if (!resident || numEnvs < MIN_COPIES) return null;
  if (residentRefusal(definition, environment.spec, agentOptions) !== null) return null;
  const graphics = await openDevice();
  if (!graphics) return null;
  try {
    const copies = createVectorEnvironment(environment, { numEnvs, seed: 1, options: envOptions });
    const context = { env: copies, envOptions, createEngine: createReferenceEngine, seed: 1, options: agentOptions };
    const trial = await resident.create(context, graphics);
    try {
      await trial.iterate();
      const start = performance.now();
      const { steps } = await trial.iterate();
      return (1000 * steps) / (performance.now() - start);
    } finally {
      trial.dispose();
    }
  } catch (error) {
    // Too small for these options, or lost: another engine trains.
    console.warn(`The graphics device could not be timed: ${error instanceof Error ? error.message : error}`);
    return null;
  }
}
