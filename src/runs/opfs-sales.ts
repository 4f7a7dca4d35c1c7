import { InputError, messageOf } from "../core/errors.js";
import { SALES_FOLDER, shelfName } from "../envs/inventory/sales-shelf.js";
import { OpfsRunFiles } from "./opfs-files.js";

/** Keeps a file of sales in this browser, where all its Workers find it. Throws `InputError` where it keeps no files. */
export async function shelveSales(id: string, text: string): Promise<void> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(SALES_FOLDER, { create: true });
    await new OpfsRunFiles(folder).write(shelfName(id), new TextEncoder().encode(text));
  } catch (error) {
    throw new InputError("sales", `a browser that keeps none (${messageOf(error)})`, "a browser that can keep files");
  }
}
