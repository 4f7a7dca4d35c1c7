import { appendFile, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../core/errors.js";
import type { RunFiles } from "./run-store.js";

/** A run's files in a folder on disk. */
export class NodeRunFiles implements RunFiles {
  constructor(
    /** The run's folder; it need not exist yet. */
    readonly folder: string,
  ) {}

  async read(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const buffer = await orMissing(readFile(join(this.folder, path)), null);
    // A plain view: Buffer overrides `slice` to share memory, which readers of bytes do not expect.
    return buffer && new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }

  async write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const target = join(this.folder, path);
    const temporary = `${target}.part`;
    await mkdir(dirname(target), { recursive: true });
    const file = await open(temporary, "w");
    try {
      await file.writeFile(bytes);
      // Without this a power cut can leave the new name with none of the bytes.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  }

  async append(path: string, text: string): Promise<void> {
    const target = join(this.folder, path);
    await mkdir(dirname(target), { recursive: true });
    await appendFile(target, text);
  }

  async list(folder: string): Promise<string[]> {
    const names = await orMissing(readdir(join(this.folder, folder)), []);
    return names.filter((name) => !name.endsWith(".part"));
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.folder, path), { force: true });
  }
}

/**
 * Makes the folder of a new run, `<root>/<env>-<agent>-s<seed>-<n>` with the smallest free n from 1 on.
 *
 * Two processes that start at once get two folders: whoever makes it owns it.
 */
export async function createRunFolder(
  root: string,
  config: { readonly env: string; readonly agent: string; readonly seed: number },
): Promise<string> {
  await mkdir(root, { recursive: true });
  for (let n = 1; ; n++) {
    const folder = join(root, `${config.env}-${config.agent}-s${config.seed}-${n}`);
    if (await makeFolder(folder)) return folder;
  }
}

/** Makes a folder that a person named for a new run. Throws `InputError` when it already holds something. */
export async function createNamedRunFolder(folder: string, field: string): Promise<string> {
  await mkdir(dirname(folder), { recursive: true });
  if (!(await makeFolder(folder)) && (await orMissing(readdir(folder), [])).length > 0) {
    throw new InputError(field, `the folder ${folder}, which is not empty`, "a new or empty folder");
  }
  return folder;
}

/** True when this call made it, false when it was there. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function orMissing<T, U>(pending: Promise<T>, missing: U): Promise<T | U> {
  try {
    return await pending;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return missing;
    throw error;
  }
}
