import * as v from "valibot";
import type { EngineReport } from "../compute/engine.js";
import { engineReportSchema } from "../runs/run-format.js";

/** Where the page keeps them: this browser's storage for the page, `localStorage`. */
const KEY = "vitrine-calibrations";
/** More networks than a person tries in a while; the oldest go first. */
const MAX_KEPT = 24;

/**
 * The timings of engines that this browser remembers, so that a network is timed once on an adapter.
 *
 * Each report carries what it holds for: adapter, network, batch, copies, and the versions of this program and of the
 * browser. Whoever times next compares all of it, so nothing here has to be cleared when one of them changes.
 */
export class CalibrationMemory {
  private reports: readonly EngineReport[] = [];

  /** Without `lasting` they last as long as the page. */
  constructor(private readonly lasting: boolean) {
    if (lasting) this.reports = read();
  }

  get all(): readonly EngineReport[] {
    return this.reports;
  }

  /** Keeps a report that was timed just now; others hold nothing new. */
  add(report: EngineReport): void {
    if (report.key === undefined || report.remembered === true || report.asked === true) return;
    this.reports = [report, ...this.reports.filter(({ key }) => key !== report.key)].slice(0, MAX_KEPT);
    if (this.lasting) write(this.reports);
  }
}

function read(): readonly EngineReport[] {
  try {
    const result = v.safeParse(v.array(engineReportSchema), JSON.parse(localStorage.getItem(KEY) ?? "[]"));
    // What another version wrote, or anybody else, is timed again.
    return result.success ? result.output : [];
  } catch {
    return [];
  }
}

function write(reports: readonly EngineReport[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(reports));
  } catch {
    // Without storage the next page times again.
  }
}
