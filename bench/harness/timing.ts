/** Milliseconds per call, over repeated samples after a warm-up. */
export interface Timing {
  /** The smallest sample: what the code can do, since noise only ever adds. */
  readonly minimum: number;
  readonly median: number;
  readonly samples: number;
}

/** Samples shorter than this drown in the clock's resolution (0.005 ms in an isolated page). */
const SAMPLE_MS = 2;
/** Samples that are taken at least, however slow a call is. */
const MIN_SAMPLES = 3;

/**
 * Times a call: half of the budget warms it up, the other half is measured in samples of at least 2 ms.
 *
 * @param call answers with a promise only where it has to wait
 * @param budget milliseconds, exceeded where three samples take longer
 * @param now a monotonic clock in milliseconds
 */
export async function timeCalls(
  call: () => void | Promise<void>,
  budget: number,
  now: () => number = () => performance.now(),
): Promise<Timing> {
  const repeat = async (times: number): Promise<number> => {
    const start = now();
    for (let i = 0; i < times; i++) {
      const pending = call();
      if (pending) await pending;
    }
    return now() - start;
  };
  await repeat(1);
  const start = now();
  let calls = 0;
  do {
    await repeat(1);
    calls++;
  } while (now() - start < budget / 2);
  const perSample = Math.max(1, Math.ceil((SAMPLE_MS * calls) / (now() - start)));

  const samples: number[] = [];
  const from = now();
  while (samples.length < MIN_SAMPLES || now() - from < budget / 2) {
    samples.push((await repeat(perSample)) / perSample);
  }
  return { minimum: Math.min(...samples), median: median(samples), samples: samples.length };
}

/** The middle of the values, or the mean of the middle two. Throws `RangeError` when there are none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("expected at least one value, got none");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
