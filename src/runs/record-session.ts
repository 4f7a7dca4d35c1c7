import type { Evaluation, Progress } from "../training/config.js";
import type { Advance, Session } from "../training/session.js";
import type { RunStore } from "./run-store.js";

/** How a session is driven and watched while it is recorded. */
export interface RecordSettings {
  /** Called after every update. */
  readonly onAdvance?: (advance: Advance) => void;
  /** Asked before every update: true ends the recording, with a last checkpoint. */
  readonly shouldStop?: () => boolean;
  /** Lets signals and messages in; called after every update. */
  readonly breathe?: () => Promise<unknown>;
  /** Seconds of wall-clock time between checkpoints; 5 when absent. */
  readonly checkpointSeconds?: number;
}

/** Why a recording ended. */
export type RecordEnding = "budget" | "solved" | "stopped";

/**
 * Trains a session to its end and keeps everything in its run: curves, evaluations, checkpoints.
 *
 * When training fails, what was recorded so far stays, with the last good checkpoint.
 */
export async function recordSession(
  session: Session,
  store: RunStore,
  settings: RecordSettings = {},
): Promise<RecordEnding> {
  const interval = (settings.checkpointSeconds ?? 5) * 1000;
  let lines: Progress[] = [];
  let saved = performance.now();
  let savedStep = -1;
  const flush = async () => {
    if (lines.length > 0) await store.appendProgress(lines);
    lines = [];
  };
  const save = async () => {
    await flush();
    await store.saveCheckpoint(await session.checkpoint());
    saved = performance.now();
    savedStep = session.step;
  };

  try {
    while (session.finished === null && !settings.shouldStop?.()) {
      const advance = await session.advance();
      lines.push(advance.progress);
      if (advance.evaluation) await store.appendEvaluation(advance.evaluation);
      settings.onAdvance?.(advance);
      if (performance.now() - saved >= interval) await save();
      await settings.breathe?.();
    }
  } catch (error) {
    await flush();
    throw error;
  }
  if (savedStep !== session.step) await save();
  return session.finished ?? "stopped";
}

/** How good the policy is now: the last evaluation if it is of this very step, else a fresh one. */
export async function finalEvaluation(session: Session): Promise<Evaluation> {
  const last = session.evaluations.at(-1);
  return last && last.step === session.step ? last : session.evaluate();
}
