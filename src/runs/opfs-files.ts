import type { RunFiles } from "./run-store.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** Not in every browser yet, nor in the type library: renames a file of the private file system. */
interface MovableHandle extends FileSystemFileHandle {
  move?(name: string): Promise<void>;
}

/** A run's files in a folder of the browser's private file system (OPFS). */
export class OpfsRunFiles implements RunFiles {
  constructor(
    /** The folder of the run. */
    private readonly folder: FileSystemDirectoryHandle,
  ) {}

  async read(path: string): Promise<Bytes | null> {
    const found = await this.locate(path, false);
    if (!found) return null;
    const handle = await orMissing(found.folder.getFileHandle(found.name));
    return handle ? new Uint8Array(await (await handle.getFile()).arrayBuffer()) : null;
  }

  async write(path: string, bytes: Bytes): Promise<void> {
    const { folder, name } = await this.locateOrMake(path);
    // Where files cannot be renamed, `close` still replaces the old contents in one go.
    const probe: MovableHandle = await folder.getFileHandle(`${name}.part`, { create: true });
    const handle = probe.move ? probe : await folder.getFileHandle(name, { create: true });
    const stream = await handle.createWritable();
    await stream.write(bytes);
    await stream.close();
    if (probe.move) await probe.move(name);
    else await folder.removeEntry(`${name}.part`);
  }

  async append(path: string, text: string): Promise<void> {
    const { folder, name } = await this.locateOrMake(path);
    const handle = await folder.getFileHandle(name, { create: true });
    const { size } = await handle.getFile();
    const stream = await handle.createWritable({ keepExistingData: true });
    await stream.write({ type: "write", position: size, data: text });
    await stream.close();
  }

  async list(folder: string): Promise<string[]> {
    const handle = await orMissing(this.folder.getDirectoryHandle(folder));
    if (!handle) return [];
    const names: string[] = [];
    for await (const [name, entry] of handle.entries()) {
      if (entry.kind === "file" && !name.endsWith(".part") && !name.endsWith(".crswap")) names.push(name);
    }
    return names;
  }

  async remove(path: string): Promise<void> {
    const found = await this.locate(path, false);
    if (found) await orMissing(found.folder.removeEntry(found.name));
  }

  private async locateOrMake(path: string) {
    const found = await this.locate(path, true);
    if (!found) throw new DOMException(`${path} could not be made`, "NotFoundError");
    return found;
  }

  /** The folder that holds a path, and the file's name in it; null when a folder on the way is missing. */
  private async locate(path: string, create: boolean) {
    const parts = path.split("/");
    const name = parts.pop() ?? "";
    let folder: FileSystemDirectoryHandle | null = this.folder;
    for (const part of parts) {
      folder = await orMissing(folder.getDirectoryHandle(part, { create }));
      if (!folder) return null;
    }
    return { folder, name };
  }
}

/** A run's files in memory: where the browser gives no storage, a run lasts as long as its page. */
export class MemoryRunFiles implements RunFiles {
  private readonly files = new Map<string, Bytes>();

  async read(path: string): Promise<Bytes | null> {
    return this.files.get(path) ?? null;
  }

  async write(path: string, bytes: Bytes): Promise<void> {
    this.files.set(path, bytes);
  }

  async append(path: string, text: string): Promise<void> {
    const before = this.files.get(path) ?? new Uint8Array(0);
    const added = new TextEncoder().encode(text);
    const whole = new Uint8Array(before.length + added.length);
    whole.set(before);
    whole.set(added, before.length);
    this.files.set(path, whole);
  }

  async list(folder: string): Promise<string[]> {
    const prefix = `${folder}/`;
    const inside = [...this.files.keys()].filter((path) => path.startsWith(prefix));
    return inside.map((path) => path.slice(prefix.length)).filter((name) => !name.includes("/"));
  }

  async remove(path: string): Promise<void> {
    this.files.delete(path);
  }
}

async function orMissing<T>(pending: Promise<T>): Promise<T | null> {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof DOMException && (error.name === "NotFoundError" || error.name === "TypeMismatchError")) {
      return null;
    }
    throw error;
  }
}
