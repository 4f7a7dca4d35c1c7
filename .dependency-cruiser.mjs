/**
 * The floors of the house: a file imports from lower floors or its own folder, never upward. Types count too.
 *
 * `npm run lint` holds this; test/scripts/floors.test.ts proves that each rule bites.
 */
const FLOORS = [
  ["core"],
  ["compute"],
  ["envs"],
  ["evaluate", "curriculum"],
  ["agents"],
  ["interpret"],
  ["training"],
  ["runs"],
  ["elements"],
  ["lab", "cli"],
];

const folders = (floors) => `^src/(${floors.flat().join("|")})/`;

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...FLOORS.slice(0, -1).map((floor, i) => ({
      name: `not-upward-from-${floor.join("-")}`,
      comment: "A file imports from lower floors or its own folder, never upward.",
      severity: "error",
      from: { path: folders([floor]) },
      to: { path: folders(FLOORS.slice(i + 1)) },
    })),
    {
      name: "not-between-lab-and-cli",
      comment: "The page and the command line stand side by side.",
      severity: "error",
      from: { path: "^src/(lab|cli)/" },
      to: { path: "^src/(lab|cli)/", pathNot: "^src/$1/" },
    },
    {
      name: "elements-see-messages-not-sessions",
      comment:
        "Elements reach training through messages; of the floors below they take types, data, and what drawing a world needs.",
      severity: "error",
      // spec-texts.ts gathers texts for translators; the page never loads it.
      from: { path: "^src/elements/", pathNot: "^src/elements/spec-texts[.]ts$" },
      to: {
        path: "^src/(compute|envs|evaluate|curriculum|agents|training)/",
        pathNot: "^src/(envs/(.*draw[^/]*|palette|params)|training/(messages|client))[.]ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "tfjs-only-in-its-folder",
      comment: "tfjs is loaded lazily and known in one place.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/compute/tfjs/" },
      to: { path: "@tensorflow/" },
    },
    {
      name: "dom-libraries-only-above",
      comment: "Lit and uPlot build DOM, which only elements and the page do.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(elements|lab)/" },
      to: { path: "node_modules/(lit|lit-html|lit-element|@lit|uplot)/" },
    },
    {
      name: "node-only-in-the-command-line",
      comment: "Everything else also runs in a browser.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(cli/|runs/node-|node[.]ts$)" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "index-offers-no-page",
      comment: "The library's index serves Node and other pages: no DOM, no command line.",
      severity: "error",
      from: { path: "^src/(index|node)[.]ts$" },
      to: { path: "^src/(elements|lab|cli)/" },
    },
    {
      name: "index-is-for-the-top",
      comment: "Floors import what they need from where it stands, so that the index cannot make a cycle.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(lab|cli|index[.]ts|node[.]ts)" },
      to: { path: "^src/(index|node)[.]ts$" },
    },
    {
      name: "src-stands-alone",
      comment: "What ships imports nothing from tests, benchmarks or scripts.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench|scripts)/" },
    },
    {
      name: "ships-what-it-needs",
      comment: "src/ imports only packages that `npm ci --omit=dev` installs.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-cycles",
      comment: "Two files that import each other are one file, or need a third.",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "An import that leads nowhere.",
      severity: "error",
      from: { path: "^src/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^src/compute/wasm/assembly/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "default", "types"],
    },
  },
};
