/** Signals that ask a command to stop: Ctrl-C, and the system shutting down. */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;

export type StopSignal = (typeof STOP_SIGNALS)[number];

/** Whoever hears the signals and calls `onStop` at the first; returns how to end that. */
export type SignalSource = (onStop: () => void) => () => void;

let source: SignalSource = (onStop) => {
  for (const signal of STOP_SIGNALS) process.on(signal, onStop);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, onStop);
  };
};

/** Has signals come from elsewhere: a thread hears none of its own. */
export function hearSignalsFrom(other: SignalSource): void {
  source = other;
}

/**
 * Whether someone asked a command to stop. It does at its next update boundary; a second signal, which ends the process
 * at once, is for `supervise.ts`.
 */
export class Interrupts {
  /** True once it was asked. */
  stopped = false;
  private readonly unsubscribe: () => void;

  constructor(private readonly onStop: () => void = () => undefined) {
    this.unsubscribe = source(() => this.receive());
  }

  /** Goes back to the platform's own handling. */
  dispose(): void {
    this.unsubscribe();
  }

  private receive(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.onStop();
  }
}
