// Brings the translations up to date: writes the texts of specs and schemas where lit-localize finds them, extracts
// every message to `src/elements/locales/fr.xlf`, and builds the modules of the languages from it.
//
//   npm run texts
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "vite";

const server = await createServer({ configFile: false, server: { middlewareMode: true, ws: false, watch: null } });
const { specTexts } = await server.ssrLoadModule("/src/elements/spec-texts.ts");
const texts = await specTexts();
await server.close();
const lines = texts.map((text) => `  msg(${JSON.stringify(text)}),`);
writeFileSync(
  "src/elements/spec-texts.generated.ts",
  `// Written by scripts/texts.mjs from the specs and option schemas; never called by the page.
import { msg } from "@lit/localize";

/** Every text of specs and schemas, for the extraction of messages. */
export const listedSpecTexts = (): string[] => [
${lines.join("\n")}
];
`,
);
for (const command of ["extract", "build"]) {
  execFileSync(process.execPath, ["node_modules/@lit/localize-tools/bin/lit-localize.js", command], {
    stdio: "inherit",
  });
}
execFileSync("node_modules/.bin/biome", ["format", "--write", "src/elements/locales"], { stdio: "inherit" });
