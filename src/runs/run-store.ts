import { InputError } from "../core/errors.js";
import { unpack } from "../core/pack.js";
import { type Explanation, parseExplanation } from "../interpret/explanation.js";
import type { Evaluation, Progress } from "../training/config.js";
import type { Segment } from "../training/messages.js";
import {
  CHECKPOINT_FOLDER,
  checkpointPath,
  checkpointStep,
  EVALUATIONS_FILE,
  EXPLANATION_FOLDER,
  explanationPath,
  jsonLines,
  PROGRESS_FILE,
  parseEvaluations,
  parseProgress,
  parseRunRecord,
  RUN_FILE,
  type RunRecord,
  SALES_FILE,
  SEGMENT_FOLDER,
  segmentNames,
  segmentPath,
} from "./run-format.js";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The files of one run, wherever they are: a folder on disk (`node-files.ts`) or the browser's private file system.
 *
 * Paths are relative to the run, with `/` between folders; folders come into being with their first file.
 */
export interface RunFiles {
  /** The whole file, or null when there is none. */
  read(path: string): Promise<Bytes | null>;
  /** Replaces the whole file, or leaves the old one whole: it is written under another name, then renamed. */
  write(path: string, bytes: Bytes): Promise<void>;
  append(path: string, text: string): Promise<void>;
  /** Names of the finished files in a folder, in no particular order; empty when there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** Removes a file; a missing one is no error. */
  remove(path: string): Promise<void>;
}

/** A checkpoint as it was stored, with the replay segments it refers to. */
export interface StoredCheckpoint {
  readonly step: number;
  readonly bytes: Bytes;
  readonly segments: readonly Segment[];
  /** A sentence when newer checkpoints were broken and this one is used in their place; else null. */
  readonly notice: string | null;
}

/** The newest checkpoints that are kept: if the last one is broken, those before it serve. */
const KEPT_CHECKPOINTS = 3;

/** One run in its folder: reads and writes what `run-format.ts` describes. Writes happen in the order of the calls. */
export class RunStore {
  private queue: Promise<unknown> = Promise.resolve();
  /** Segment names by checkpoint step, as far as known. */
  private readonly segmentsOf = new Map<number, readonly string[]>();

  private constructor(
    private readonly files: RunFiles,
    readonly record: RunRecord,
  ) {}

  /** Starts a run: writes `run.json`, and before it the file of sales that its world needs. */
  static async create(files: RunFiles, record: RunRecord, sales: string | null = null): Promise<RunStore> {
    if (sales !== null) await files.write(SALES_FILE, bytesOf(sales));
    await files.write(RUN_FILE, bytesOf(`${JSON.stringify(record, null, 2)}\n`));
    return new RunStore(files, record);
  }

  /** Opens a run that exists. Throws `InputError` that names `source` when there is none or it cannot be read. */
  static async open(files: RunFiles, source: string): Promise<RunStore> {
    const bytes = await files.read(RUN_FILE);
    if (!bytes) throw new InputError(source, `no ${RUN_FILE} there`, "the folder of a run");
    return new RunStore(files, parseRunRecord(textOf(bytes), `${source}/${RUN_FILE}`));
  }

  /** The file of sales that came with the run, or null. */
  async readSales(): Promise<string | null> {
    const bytes = await this.files.read(SALES_FILE);
    return bytes && textOf(bytes);
  }

  appendProgress(lines: readonly Progress[]): Promise<void> {
    return this.enqueue(() => this.files.append(PROGRESS_FILE, jsonLines(lines)));
  }

  appendEvaluation(evaluation: Evaluation): Promise<void> {
    return this.enqueue(() => this.files.append(EVALUATIONS_FILE, jsonLines([evaluation])));
  }

  async readProgress(): Promise<Progress[]> {
    await this.queue;
    return parseProgress(textOf(await this.files.read(PROGRESS_FILE)));
  }

  async readEvaluations(): Promise<Evaluation[]> {
    await this.queue;
    return parseEvaluations(textOf(await this.files.read(EVALUATIONS_FILE)));
  }

  /** Stores a checkpoint: its new segments first, so that it never refers to one that is missing. */
  saveCheckpoint(checkpoint: { step: number; bytes: Bytes; segments: readonly Segment[] }): Promise<void> {
    return this.enqueue(async () => {
      for (const segment of checkpoint.segments) await this.files.write(segmentPath(segment.name), segment.bytes);
      await this.files.write(checkpointPath(checkpoint.step), checkpoint.bytes);
      this.segmentsOf.set(checkpoint.step, segmentNames(unpack(checkpoint.bytes)));
      await this.removeOld();
    });
  }

  /**
   * The newest whole checkpoint, or null when none was ever stored. Broken ones are skipped, and `notice` says so.
   * Throws `InputError` when there are checkpoints but none is whole.
   */
  async loadCheckpoint(): Promise<StoredCheckpoint | null> {
    await this.queue;
    const steps = await this.checkpointSteps();
    const broken: string[] = [];
    for (const step of steps) {
      const found = await this.loadOne(step, broken);
      if (!found) continue;
      const notice =
        broken.length === 0 ? null : `${broken.join("; ")}. Going on from the checkpoint before, at step ${step}.`;
      return { ...found, notice };
    }
    if (steps.length > 0) throw new InputError(CHECKPOINT_FOLDER, broken.join("; "), "at least one whole checkpoint");
    return null;
  }

  /**
   * Forgets what was recorded after `step`, so that a run which goes on from the checkpoint there writes each line
   * once: later lines of progress and evaluations, and later checkpoints.
   */
  rewind(step: number): Promise<void> {
    return this.enqueue(async () => {
      const progress = parseProgress(textOf(await this.files.read(PROGRESS_FILE)));
      const evaluations = parseEvaluations(textOf(await this.files.read(EVALUATIONS_FILE)));
      await this.files.write(PROGRESS_FILE, bytesOf(jsonLines(progress.filter((line) => line.step <= step))));
      await this.files.write(EVALUATIONS_FILE, bytesOf(jsonLines(evaluations.filter((line) => line.step <= step))));
      for (const later of await this.checkpointSteps()) {
        if (later > step) await this.files.remove(checkpointPath(later));
      }
    });
  }

  /** Keeps an explanation, in the place of an earlier one by the same method at the same step; answers with its path. */
  saveExplanation(explanation: Explanation): Promise<string> {
    const path = explanationPath(explanation);
    return this.enqueue(async () => {
      await this.files.write(path, bytesOf(`${JSON.stringify(explanation, null, 1)}\n`));
      return path;
    });
  }

  /** Every explanation of the run, in the order of their steps. Throws `InputError` that names a broken file. */
  async readExplanations(): Promise<Explanation[]> {
    await this.queue;
    const found: Explanation[] = [];
    for (const name of await this.files.list(EXPLANATION_FOLDER)) {
      const path = `${EXPLANATION_FOLDER}/${name}`;
      found.push(parseExplanation(textOf(await this.files.read(path)), path));
    }
    return found.sort((a, b) => a.step - b.step || (a.method < b.method ? -1 : 1));
  }

  private async loadOne(step: number, broken: string[]): Promise<Omit<StoredCheckpoint, "notice"> | null> {
    const path = checkpointPath(step);
    const bytes = await this.files.read(path);
    if (!bytes) return null;
    const segments: Segment[] = [];
    try {
      const names = segmentNames(unpack(bytes, path));
      this.segmentsOf.set(step, names);
      for (const name of names) {
        const segment = await this.files.read(segmentPath(name));
        if (!segment) throw new InputError(path, `a reference to the missing ${segmentPath(name)}`, "all its segments");
        unpack(segment, segmentPath(name));
        segments.push({ name, bytes: segment });
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      broken.push(error.message);
      return null;
    }
    return { step, bytes, segments };
  }

  /** Steps of the stored checkpoints, newest first. */
  private async checkpointSteps(): Promise<number[]> {
    const names = await this.files.list(CHECKPOINT_FOLDER);
    const steps = names.map(checkpointStep).filter((step) => step !== null);
    return steps.sort((a, b) => b - a);
  }

  /** Removes all but the newest checkpoints, and segments that none of these refers to. */
  private async removeOld(): Promise<void> {
    const steps = await this.checkpointSteps();
    for (const step of steps.slice(KEPT_CHECKPOINTS)) {
      await this.files.remove(checkpointPath(step));
      this.segmentsOf.delete(step);
    }
    const kept = steps.slice(0, KEPT_CHECKPOINTS);
    for (const step of kept) {
      if (!this.segmentsOf.has(step)) await this.loadOne(step, []);
    }
    const wanted = new Set(kept.flatMap((step) => this.segmentsOf.get(step) ?? []));
    for (const name of await this.files.list(SEGMENT_FOLDER)) {
      if (!wanted.has(name)) await this.files.remove(segmentPath(name));
    }
  }

  private enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.queue.then(task);
    // A failed write is reported by its own promise; what follows is still tried.
    this.queue = result.catch(() => undefined);
    return result;
  }
}

function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function textOf(bytes: Bytes | null): string {
  return bytes ? new TextDecoder().decode(bytes) : "";
}
