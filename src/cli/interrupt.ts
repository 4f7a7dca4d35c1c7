/** Whether someone asked a command to stop (Ctrl-C, or the system shutting down). */
export class Interrupts {
  /** True once it was asked. */
  stopped = false;
  private first = 0;
  private readonly handler = () => this.receive();

  constructor(private readonly onStop: () => void = () => undefined) {
    process.on("SIGINT", this.handler);
    process.on("SIGTERM", this.handler);
  }

  /** Goes back to the platform's own handling. */
  dispose(): void {
    process.off("SIGINT", this.handler);
    process.off("SIGTERM", this.handler);
  }

  private receive(): void {
    const now = performance.now();
    // npm passes a terminal's Ctrl-C on a second time; only a later one means "at once".
    if (this.stopped && now - this.first > 1000) process.exit(130);
    if (this.stopped) return;
    this.stopped = true;
    this.first = now;
    this.onStop();
  }
}
