import { allowedNames, InputError, showValue } from "../../index.js";
import { cartpole } from "./cartpole.js";
import { inventory } from "./inventory.js";
import { presets } from "./presets.js";
import { readable } from "./readable.js";
import type { Reproduction } from "./reproduction.js";
import { udrl } from "./udrl.js";

/** Every result that can be made again. */
export const reproductions: readonly Reproduction[] = [cartpole, inventory, presets, readable, udrl];

/** The reproduction of that name. Throws `InputError` that lists what there is. */
export function findReproduction(name: string): Reproduction {
  const found = reproductions.find((reproduction) => reproduction.name === name);
  if (found) return found;
  const names = reproductions.map((reproduction) => reproduction.name);
  throw new InputError("name", showValue(name), allowedNames(name, names));
}
