import type { Evaluation, SessionConfig } from "../training/config.js";
import { sameRun } from "./link.js";
import { MemoryRunFiles, OpfsRunFiles } from "./opfs-files.js";
import { type TarEntry, tarOf } from "./opfs-tar.js";
import {
  CHECKPOINT_FOLDER,
  checkpointStep,
  EVALUATIONS_FILE,
  EXPLANATION_FOLDER,
  PROGRESS_FILE,
  parseEvaluations,
  parseRunRecord,
  RUN_FILE,
  type RunRecord,
  SALES_FILE,
  SEGMENT_FOLDER,
  segmentPath,
} from "./run-format.js";
import { type RunFiles, RunStore } from "./run-store.js";

/** A run as the list shows it. */
export interface RunEntry {
  /** Its folder's name, `<env>-<agent>-s<seed>-<n>`. */
  readonly name: string;
  readonly record: RunRecord;
  /** Step of its newest checkpoint; 0 when it has none. */
  readonly step: number;
  readonly lastEvaluation: Evaluation | null;
}

/** A run that this tab alone may write, until it lets go. */
export interface HeldRun {
  readonly name: string;
  readonly store: RunStore;
  /** Lets go; another may have it once the promise is kept. */
  release(): Promise<void>;
}

/** Where the library keeps a run's folder; OPFS, or memory. */
interface Shelf {
  names(): Promise<string[]>;
  /** The files of a run, or null when there is no such folder. */
  find(name: string): Promise<RunFiles | null>;
  make(name: string): Promise<RunFiles>;
  remove(name: string): Promise<void>;
}

/**
 * The runs of this browser, each in the run folder of `run-format.ts`.
 *
 * A run is written by one tab at a time: who writes holds a Web Lock of the run's name.
 */
export class RunLibrary {
  private constructor(
    private readonly shelf: Shelf,
    /** False when runs last only as long as the page. */
    readonly lasting: boolean,
  ) {}

  /** Opens the private file system; without it (refused, absent, insecure address) runs are kept in memory. */
  static async open(): Promise<RunLibrary> {
    try {
      const root = await navigator.storage.getDirectory();
      const shelf = new OpfsShelf(await root.getDirectoryHandle("vitrine-runs", { create: true }));
      await shelf.tryOut();
      return new RunLibrary(shelf, true);
    } catch {
      return RunLibrary.inMemory();
    }
  }

  /** A library that is forgotten with the page. */
  static inMemory(): RunLibrary {
    return new RunLibrary(new MemoryShelf(), false);
  }

  /** Every run that can be read, newest first. */
  async list(): Promise<RunEntry[]> {
    const names = await this.shelf.names();
    const entries = await Promise.all(names.map((name) => this.entryOf(name)));
    return entries
      .filter((entry) => entry !== null)
      .sort((a, b) => (a.record.created < b.record.created ? 1 : a.record.created > b.record.created ? -1 : 0));
  }

  /**
   * The newest run of this very config that no other tab writes, held. `busy` tells that there is one, but another
   * tab has it. Throws `InputError` when it is broken.
   */
  async resume(config: SessionConfig): Promise<{ readonly held: HeldRun | null; readonly busy: boolean }> {
    let busy = false;
    for (const entry of await this.list()) {
      if (!sameRun(entry.record.config, config)) continue;
      const held = await this.hold(entry.name);
      if (held) return { held, busy: false };
      busy = true;
    }
    return { held: null, busy };
  }

  /** Opens a run for writing; null when another tab has it or it is gone. Throws `InputError` when it is broken. */
  async hold(name: string): Promise<HeldRun | null> {
    const release = await lock(name);
    if (!release) return null;
    const files = await this.shelf.find(name);
    if (!files) {
      await release();
      return null;
    }
    try {
      return { name, store: await RunStore.open(files, name), release };
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** Makes the folder of a new run, with the smallest free number, and holds it. */
  async create(record: RunRecord): Promise<HeldRun> {
    const { env, agent, seed } = record.config;
    for (let n = 1; ; n++) {
      const name = `${env}-${agent}-s${seed}-${n}`;
      const release = await lock(name);
      if (!release) continue;
      if (await this.shelf.find(name)) {
        await release();
        continue;
      }
      try {
        return { name, store: await RunStore.create(await this.shelf.make(name), record), release };
      } catch (error) {
        await release();
        throw error;
      }
    }
  }

  /** Removes a run for good; false when another tab is writing it. */
  async remove(name: string): Promise<boolean> {
    const release = await lock(name);
    if (!release) return false;
    await this.shelf.remove(name);
    await release();
    return true;
  }

  /** The whole folder as one tar file, which `tar -xf` turns into a run folder again. Null when it is gone. */
  async exportRun(name: string): Promise<Blob | null> {
    const files = await this.shelf.find(name);
    if (!files) return null;
    const paths = [RUN_FILE, PROGRESS_FILE, EVALUATIONS_FILE];
    for (const file of await files.list(CHECKPOINT_FOLDER)) paths.push(`${CHECKPOINT_FOLDER}/${file}`);
    for (const file of await files.list(SEGMENT_FOLDER)) paths.push(segmentPath(file));
    for (const file of await files.list(EXPLANATION_FOLDER)) paths.push(`${EXPLANATION_FOLDER}/${file}`);
    const entries: TarEntry[] = [];
    for (const path of paths) {
      const bytes = await files.read(path);
      if (bytes) entries.push({ path: `${name}/${path}`, bytes });
    }
    const sales = await salesOfRun(files);
    if (sales !== null) entries.push({ path: `${name}/${SALES_FILE}`, bytes: new TextEncoder().encode(sales) });
    return new Blob([tarOf(entries)], { type: "application/x-tar" });
  }

  private async entryOf(name: string): Promise<RunEntry | null> {
    const files = await this.shelf.find(name);
    const text = async (path: string) => new TextDecoder().decode((await files?.read(path)) ?? new Uint8Array(0));
    try {
      const record = parseRunRecord(await text(RUN_FILE), name);
      const evaluations = parseEvaluations(await text(EVALUATIONS_FILE));
      const steps = ((await files?.list(CHECKPOINT_FOLDER)) ?? []).map(checkpointStep).filter((step) => step !== null);
      return { name, record, step: Math.max(0, ...steps), lastEvaluation: evaluations.at(-1) ?? null };
    } catch {
      // A run that was cut while it was made, or by another version: it is left alone and not listed.
      return null;
    }
  }
}

class OpfsShelf implements Shelf {
  constructor(private readonly root: FileSystemDirectoryHandle) {}

  /** Writes and removes a file: some browsers offer the file system and then refuse it. */
  async tryOut(): Promise<void> {
    const name = `.try-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    const files = await this.make(name);
    try {
      await files.write("try", new Uint8Array(1));
    } finally {
      await this.remove(name);
    }
  }

  async names(): Promise<string[]> {
    const names: string[] = [];
    for await (const [name, entry] of this.root.entries()) {
      if (entry.kind === "directory" && !name.startsWith(".")) names.push(name);
    }
    return names;
  }

  async find(name: string): Promise<RunFiles | null> {
    try {
      return new OpfsRunFiles(await this.root.getDirectoryHandle(name));
    } catch {
      return null;
    }
  }

  async make(name: string): Promise<RunFiles> {
    return new OpfsRunFiles(await this.root.getDirectoryHandle(name, { create: true }));
  }

  async remove(name: string): Promise<void> {
    await this.root.removeEntry(name, { recursive: true });
  }
}

class MemoryShelf implements Shelf {
  private readonly runs = new Map<string, RunFiles>();

  async names(): Promise<string[]> {
    return [...this.runs.keys()];
  }

  async find(name: string): Promise<RunFiles | null> {
    return this.runs.get(name) ?? null;
  }

  async make(name: string): Promise<RunFiles> {
    const files = new MemoryRunFiles();
    this.runs.set(name, files);
    return files;
  }

  async remove(name: string): Promise<void> {
    this.runs.delete(name);
  }
}

/** The file of sales that a run's world needs; null for most. */
async function salesOfRun(files: RunFiles): Promise<string | null> {
  const { record } = await RunStore.open(files, RUN_FILE);
  const id = record.config.envOptions["sales"];
  if (typeof id !== "string" || id === "") return null;
  // Few runs have sales: the page loads what reads them with the first.
  return (await import("../envs/inventory/sales-shelf.js")).readShelf(id);
}

/** Takes the Web Lock of a run; returns how to let go of it, or null when another tab (or this one) holds it. */
async function lock(name: string): Promise<(() => Promise<void>) | null> {
  if (!navigator.locks) return async () => {};
  return new Promise((resolve, reject) => {
    const request: Promise<unknown> = navigator.locks.request(
      `vitrine-run/${name}`,
      { ifAvailable: true },
      (granted) => {
        if (!granted) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((letGo) =>
          resolve(async () => {
            letGo();
            await request;
          }),
        );
      },
    );
    request.catch(reject);
  });
}
