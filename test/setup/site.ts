import { buildLabModule, buildSite } from "../../scripts/lib/site.mjs";

/** Builds the page and its module for other pages when their sources changed. */
export async function setup(): Promise<void> {
  await buildSite();
  await buildLabModule();
}
