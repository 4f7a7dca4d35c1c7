import { setImmediate as breathe } from "node:timers/promises";
import {
  type Advance,
  type CommandFollowing,
  type EngineReport,
  type Evaluation,
  type Figures,
  finalEvaluation,
  isGpuEngine,
  keepSales,
  type LossKind,
  lossOf,
  messageOf,
  type RecordEnding,
  RUN_FORMAT,
  RunStore,
  recordSession,
  Session,
  type SessionConfig,
  salesOf,
  VERSION,
} from "../index.js";
import { createNamedRunFolder, createRunFolder, NodeRunFiles } from "../runs/node-files.js";
import { SALES_FILE } from "../runs/run-format.js";

/** Where runs are written unless `--out` says otherwise. */
export const RUNS_FOLDER = "runs";

/** The last line of `train` and `resume`. */
export interface Summary {
  readonly env: string;
  readonly agent: string;
  readonly seed: number;
  readonly engine: string;
  /** Environment steps since the start. */
  readonly steps: number;
  /** Seconds of training, evaluations excluded. */
  readonly seconds: number;
  readonly stepsPerSecond: number;
  readonly evaluations: readonly Evaluation[];
  /** The last evaluation, and what else the world says of the policy: `costMean`, for example. */
  readonly final: Pick<Evaluation, "returnMean" | "returnStd" | "episodes"> & Figures;
  /** How well an upside-down policy did what it was asked; absent for policies that take no command. */
  readonly following?: CommandFollowing;
  /** The run's folder. */
  readonly run: string;
}

/** A session and the folder it is recorded in. */
export interface OpenRun {
  readonly session: Session;
  readonly store: RunStore;
  readonly folder: string;
}

/**
 * Starts a run: everything is checked before its folder is made, and `run.json` is written before the first step.
 *
 * @param out the folder that `--out` named, or null for the next free one below `runs/`
 * @param report of a calibration that was made before, for several seeds
 * @param sales the file of sales that the world's options name, which is known already
 */
export async function startRun(
  config: SessionConfig,
  out: string | null,
  report: EngineReport | null = null,
  sales: string | null = null,
): Promise<OpenRun> {
  const session = await Session.create(config);
  try {
    const folder = out === null ? await createRunFolder(RUNS_FOLDER, config) : await createNamedRunFolder(out, "--out");
    const engine = report ?? session.engine;
    const record = {
      format: RUN_FORMAT,
      config: { ...config, engine: engine.chosen },
      seed: config.seed,
      engine,
      versions: { vitrine: VERSION, node: process.versions.node, platform: `${process.platform}-${process.arch}` },
      created: new Date().toISOString(),
    } as const;
    const store = await RunStore.create(new NodeRunFiles(folder), record, sales);
    return { session, store, folder };
  } catch (error) {
    session.dispose();
    throw error;
  }
}

/**
 * Opens a run with its newest whole checkpoint. Throws `InputError` when there is none such, or it is of another
 * version or world; `notices` are sentences for whoever asked.
 */
export async function openRun(folder: string): Promise<OpenRun & { readonly notices: readonly string[] }> {
  const store = await RunStore.open(new NodeRunFiles(folder), folder);
  const sales = await store.readSales();
  if (sales !== null) keepSales(salesOf(sales, `${folder}/${SALES_FILE}`));
  const checkpoint = await store.loadCheckpoint();
  const session = await Session.create(store.record.config, checkpoint);
  const notices = [checkpoint?.notice, session.notice].filter((notice) => typeof notice === "string");
  return { session, store, folder, notices };
}

/** What whoever drives a run is told. */
export interface DriveSettings {
  readonly onAdvance: (advance: Advance) => void;
  readonly shouldStop: () => boolean;
  /** Called with the trained session, unless it was stopped. */
  readonly onEnd?: (session: Session) => Promise<void>;
  /** Called with a sentence when the device was lost and training goes on. */
  readonly onLoss?: (text: string) => void;
}

/** Losses in a row, without an update between them, after which a run is given up. */
const MOST_LOSSES = 3;

/**
 * Trains a run to its end, recorded in its folder, and sums it up. The session is disposed of.
 *
 * A lost device (or memory that ran out) costs what came after the last checkpoint: training goes on from there on a
 * fresh device, and without one when it happens again.
 */
export async function driveRun(
  run: OpenRun,
  settings: DriveSettings,
): Promise<{ readonly ending: RecordEnding; readonly summary: Summary }> {
  const { store, folder } = run;
  let { session } = run;
  let [gpuLosses, lossesInARow] = [0, 0];
  const onAdvance = (advance: Advance) => {
    lossesInARow = 0;
    settings.onAdvance(advance);
  };
  try {
    for (;;) {
      try {
        const ending = await recordSession(session, store, { ...settings, onAdvance, breathe: () => breathe() });
        if (ending !== "stopped") await settings.onEnd?.(session);
        return { ending, summary: await summarise(session, folder) };
      } catch (error) {
        const kind = lossOf(error);
        if (kind === null || ++lossesInARow > MOST_LOSSES) throw error;
        if (isGpuEngine(session.engine.chosen)) gpuLosses++;
        const lost = session;
        session = await afterLoss(lost, store, kind, gpuLosses > 1);
        const { step, engine } = session;
        settings.onLoss?.(
          `${messageOf(error)}: training goes on from step ${step} on ${engine.chosen}${session.notice ? `. ${session.notice}` : "."}`,
        );
        lost.dispose();
      }
    }
  } finally {
    session.dispose();
  }
}

/** The session again as it was at its last checkpoint; from the start where there is none. */
async function afterLoss(lost: Session, store: RunStore, kind: LossKind, withoutGpu: boolean): Promise<Session> {
  const checkpoint = await store.loadCheckpoint();
  const step = checkpoint?.step ?? 0;
  const breaks = [...lost.breaks, { step, lostSteps: Math.max(0, lost.step - step), kind }];
  const create = (cpuOnly: boolean) => Session.create(store.record.config, checkpoint, { breaks, withoutGpu: cpuOnly });
  const session = await create(withoutGpu).catch((error) => {
    // The fresh device was lost before it trained anything.
    if (withoutGpu || lossOf(error) === null) throw error;
    return create(true);
  });
  session.budget = lost.budget;
  await store.rewind(step);
  return session;
}

async function summarise(session: Session, folder: string): Promise<Summary> {
  const { config, step, seconds } = session;
  const { returnMean, returnStd, episodes } = await finalEvaluation(session);
  const figures = await session.figures();
  const following = await session.commandFollowing();
  return {
    env: config.env,
    agent: config.agent,
    seed: config.seed,
    engine: session.engine.chosen,
    steps: step,
    seconds,
    stepsPerSecond: seconds > 0 ? step / seconds : 0,
    evaluations: session.evaluations,
    final: { returnMean, returnStd, episodes, ...figures },
    ...(following ? { following } : {}),
    run: folder,
  };
}
