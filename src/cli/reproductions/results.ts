import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join, posix } from "node:path";
import { agents, InputError, type SessionConfig } from "../../index.js";
import type { Cell, CellResult, ExplanationPlan, Reproduction } from "./reproduction.js";

/** What decides a training: these sources and all they import. A change in any makes a result one of earlier code. */
const TRAINING_CODE = ["src/training/session.ts", "src/compute/wasm/assembly/kernels.ts"];
/** What decides an explanation besides. */
const EXPLAINING_CODE = ["src/interpret/explain.ts"];
/** Imports of our own sources, dynamic ones too; those of types leave nothing behind. */
const IMPORTS = /^(?:import|export)\s+(?!type\b)(?:[^"';]*?\bfrom\s+)?"(\.[^"]+)"|\bimport\(\s*"(\.[^"]+)"/gm;

/** These list worlds and agents: only a cell's own entry counts, and the lists themselves do not. */
const REGISTRIES = ["src/envs/index.ts", "src/agents/index.ts"];

/** Tells the version of the code that trains a cell. */
export type CodeVersion = (config: Pick<SessionConfig, "env" | "agent">) => string;

/**
 * Versions of the code that trains: a hash of the sources behind a world and an agent. Throws `InputError` outside of a
 * checkout.
 *
 * @param root the folder that holds `src/`
 * @param explains whether the code that explains counts too
 */
export function codeVersions(root: string, explains = false): CodeVersion {
  if (!existsSync(join(root, TRAINING_CODE[0]))) {
    throw new InputError("reproduce", root, "a checkout of Vitrine as the working folder");
  }
  const known = new Map<string, string>();
  return ({ env, agent }) => {
    const key = `${env} ${agent}`;
    const version = known.get(key) ?? hashSources(root, explains, (path) => isOfAnother(path, env, agent));
    known.set(key, version);
    return version;
  };
}

/** Whether an entry of a registry is that of another world or agent. */
function isOfAnother(path: string, env: string, agent: string): boolean {
  const world = /^src\/envs\/([^/]+)\/index\.ts$/.exec(path)?.[1];
  // Variants of a world share its folder: `lunar-lander-continuous`.
  if (world) return !env.startsWith(world);
  const algorithm = /^src\/agents\/([^/]+?)(?:-definition)?\.ts$/.exec(path)?.[1];
  return algorithm !== agent && agents.some(({ id }) => id === algorithm);
}

function hashSources(root: string, explains: boolean, isLeftOut: (path: string) => boolean): string {
  const texts = new Map<string, string>();
  const visit = (path: string) => {
    // Generated kernels follow from their sources.
    if (texts.has(path) || path.includes("/generated/")) return;
    const text = readFileSync(join(root, path), "utf8");
    const isRegistry = REGISTRIES.includes(path);
    texts.set(path, isRegistry ? "" : text);
    for (const [, fixed, dynamic] of text.matchAll(IMPORTS)) {
      const imported = sourceOf(path, fixed ?? dynamic);
      if (!(isRegistry && isLeftOut(imported))) visit(imported);
    }
  };
  for (const path of explains ? [...TRAINING_CODE, ...EXPLAINING_CODE] : TRAINING_CODE) visit(path);
  const hash = createHash("sha256");
  for (const path of [...texts.keys()].sort()) hash.update(path).update(texts.get(path) ?? "");
  return hash.digest("hex").slice(0, 16);
}

/** The file that an import names; AssemblyScript leaves endings out. */
function sourceOf(importer: string, specifier: string): string {
  return `${posix.join(posix.dirname(importer), specifier).replace(/\.js$/, "")}.ts`;
}

/** Hash of a cell's config, of what is to be explained, and the version of its code: a result with this hash need not be made again. */
export function cellHash({ config }: Cell, code: CodeVersion, plans: readonly ExplanationPlan[] = []): string {
  const asked = plans.length === 0 ? "" : JSON.stringify(plans);
  const hash = createHash("sha256").update(JSON.stringify(config)).update(asked).update(code(config));
  return hash.digest("hex").slice(0, 16);
}

/** The results of one reproduction on disk, and the page made from them. */
export class ResultFiles {
  private readonly folder: string;
  private readonly page: string;

  constructor(
    root: string,
    private readonly reproduction: Reproduction,
  ) {
    this.folder = join(root, "docs", "results", "data", reproduction.name);
    this.page = join(root, "docs", "results", `${reproduction.name}.md`);
  }

  /** The stored result of a cell, of whatever code, or null. */
  read(cell: Cell): CellResult | null {
    try {
      return JSON.parse(readFileSync(this.pathOf(cell), "utf8")) as CellResult;
    } catch (error) {
      // A file that is cut or missing means that the cell has to be run.
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  /** Stores a result whole or not at all. */
  write(cell: Cell, result: CellResult): void {
    writeWhole(this.pathOf(cell), `${JSON.stringify(result, null, 1)}\n`);
  }

  /** Writes `docs/results/<name>.md` and answers with its path. */
  writePage(code: CodeVersion): string {
    const { reproduction } = this;
    const results = reproduction
      .cells()
      .map((cell) => this.read(cell))
      .filter((result) => result !== null);
    writeWhole(this.page, pageText(reproduction, results, code));
    return this.page;
  }

  private pathOf(cell: Cell): string {
    return join(this.folder, `${cell.id}.json`);
  }
}

/** The page of a reproduction in Markdown: what was run, by which code, and the table. */
export function pageText(reproduction: Reproduction, results: readonly CellResult[], code: CodeVersion): string {
  const { name, title, about } = reproduction;
  const cells = reproduction.cells();
  const [header, ...allRows] = reproduction.table(results);
  const rows = allRows.filter((row) => row[header.indexOf("seeds")] !== "0");
  const line = (entries: readonly string[]) => `| ${entries.join(" | ")} |`;
  const seeds = new Set(results.map(({ config }) => config.seed)).size;
  const current = new Map(cells.map((cell) => [cell.id, cellHash(cell, code, reproduction.explanations)]));
  const earlier = results.filter(({ cell, hash }) => current.get(cell) !== hash).length;
  const machines = [...new Set(results.map(({ machine }) => machine))];
  return [
    `# ${title}`,
    "",
    `<!-- Made by \`npm run reproduce -- ${name}\`; do not edit. -->`,
    "",
    about,
    "",
    `${results.length} of ${cells.length} cells were run, over ${seeds} seed${seeds === 1 ? "" : "s"}.` +
      (earlier > 0 ? ` ${earlier} of them were run by earlier code or under other options.` : "") +
      (rows.length < allRows.length ? " Rows without any are left out." : ""),
    "",
    line(header),
    line(header.map(() => "---")),
    ...rows.map(line),
    "",
    ...(reproduction.notes ? [...reproduction.notes(results), ""] : []),
    "Counts of steps and seconds are the median over seeds, with their range; returns are the mean over seeds with",
    "its 95 % interval (Student's t).",
    ...(machines.length > 0 ? ["", `Run on ${machines.join("; ")}.`] : []),
    "",
    `Again: \`npm run reproduce -- ${name}\`. Each cell's curve lies in \`data/${name}/\`.`,
    "",
  ].join("\n");
}

/** The machine in words, without its name. */
export function machineText(): string {
  const [first] = cpus();
  return `${first?.model.trim() || "an unnamed processor"}, ${cpus().length} cores, Node ${process.versions.node}, ${process.platform}`;
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}
