import { cpus, loadavg } from "node:os";

/** The facts that a number depends on; none that names the machine. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
  /** Version, or null when no Chromium was used. */
  readonly chromium: string | null;
  /** Mean number of running processes over the minute before the start: well below `cores`, or the figures suffer. */
  readonly load: number;
  /** ISO 8601. */
  readonly date: string;
}

/** Looks at this machine, now. */
export function describeMachine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() || "an unnamed processor",
    cores: cpus().length,
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    chromium: null,
    load: loadavg()[0],
    date: new Date().toISOString(),
  };
}

/** The machine in one line. */
export function machineText({ cpu, cores, platform, node, chromium, load, date }: Machine): string {
  const browser = chromium === null ? "" : `, Chromium ${chromium}`;
  return `${cpu}, ${cores} cores, ${platform}, Node ${node}${browser}; load ${load.toFixed(2)} at the start; ${date.slice(0, 10)}`;
}
