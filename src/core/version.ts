/** The version of Vitrine, as in `package.json` (a test holds them equal); written into every run. */
export const VERSION = "0.1.0";
