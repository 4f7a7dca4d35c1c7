import type { LocaleModule } from "@lit/localize";
import { configureLocalization, msg } from "@lit/localize";
import { sourceLocale, targetLocales } from "./locales/codes.js";

/** A language of the lab, as in `lit-localize.json`. */
export type Locale = typeof sourceLocale | (typeof targetLocales)[number];

const loaders: Readonly<Record<string, () => Promise<LocaleModule>>> = {
  fr: () => import("./locales/fr.js"),
};

const { getLocale, setLocale } = configureLocalization({
  sourceLocale,
  targetLocales,
  loadLocale: (locale) => loaders[locale](),
});

/** Every language, each under its own name. */
export const LOCALES: readonly { readonly id: Locale; readonly title: string }[] = [
  { id: "en", title: "English" },
  { id: "fr", title: "Français" },
];

/** The language in use. */
export function currentLocale(): Locale {
  return LOCALES.find(({ id }) => id === getLocale())?.id ?? "en";
}

/** Loads a language and re-renders every element with it. Unknown languages are ignored. */
export async function useLocale(locale: string): Promise<void> {
  if (LOCALES.some(({ id }) => id === locale)) await setLocale(locale);
}

/** The lab's language that fits the browser's own best. */
export function preferredLocale(): Locale {
  for (const wanted of navigator.languages) {
    const found = LOCALES.find(({ id }) => wanted.toLowerCase().split("-")[0] === id);
    if (found) return found.id;
  }
  return "en";
}

/** By another name: the extraction takes literals only. */
const lookUp: (text: string) => string = msg;

/**
 * Translates a text that comes from data: titles, help and names of specs and option schemas.
 *
 * Those texts stand in `spec-texts.generated.ts`, so that they are extracted like the literals. One that does not may
 * be made of parts, `store 3: due in 2 periods` or `warehouse → store 3`, and each part may stand there with `#` for
 * its numbers. What is unknown is returned as it is.
 */
export function translated(text: string): string {
  const known = lookUp(text);
  if (known !== text || getLocale() === sourceLocale) return known;
  return text
    .split(/(: | → )/)
    .map(translatedPart)
    .join("");
}

function translatedPart(part: string): string {
  const known = lookUp(part);
  const numbers = part.match(/\d+/g);
  if (known !== part || !numbers) return known;
  return numbers.reduce((filled, number) => filled.replace("#", number), lookUp(part.replace(/\d+/g, "#")));
}
