import { runPackage } from "./tools.mjs";

/** What a change must pass beside its tests, in the order of cost. */
export const CHECKS = [
  { name: "lint and format", run: () => runPackage("@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]) },
  {
    name: "floors",
    run: () =>
      runPackage("dependency-cruiser/bin/dependency-cruise.mjs", ["--config", ".dependency-cruiser.mjs", "src"]),
  },
  { name: "types", run: () => runPackage("typescript/bin/tsc", ["--project", "tsconfig.json"]) },
];
