import type { OptionValues } from "../../core/options.js";
import { hasSales, keepSales } from "./sales.js";
import { salesOf } from "./sales-csv.js";

/** Folder of the browser's private file system in which loaded files of sales lie, each under its id. */
export const SALES_FOLDER = "vitrine-sales";

export const shelfName = (id: string): string => `${id}.csv`;

/** The file of these sales that this browser keeps, or null; there is none outside of browsers. */
export async function readShelf(id: string): Promise<string | null> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(SALES_FOLDER);
    return await (await (await folder.getFileHandle(shelfName(id))).getFile()).text();
  } catch {
    // No such file, or no private file system.
    return null;
  }
}

/** Makes the sales that a world's options name known to this thread, if this browser keeps them. */
export async function loadSales({ sales: id }: OptionValues): Promise<void> {
  if (typeof id !== "string" || id === "" || hasSales(id)) return;
  const text = await readShelf(id);
  if (text !== null) keepSales(salesOf(text, shelfName(id)));
}
