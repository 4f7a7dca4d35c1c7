/**
 * Long work as a generator hands out its progress at every step; whoever drives it decides what happens in between.
 * Dropping it between two steps cancels it.
 */
export type LongWork<Progress, Result> = Generator<Progress, Result>;

/** Works to the end at once. */
export function finish<Result>(work: LongWork<unknown, Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/**
 * Works to the end, asking for breath at every step and waiting for what that answers with; what it throws, or rejects
 * with, cancels the work.
 */
export async function finishPaced<Progress, Result>(
  work: LongWork<Progress, Result>,
  breathe: (progress: Progress) => undefined | Promise<void>,
): Promise<Result> {
  try {
    for (;;) {
      const step = work.next();
      if (step.done) return step.value;
      const breath = breathe(step.value);
      if (breath) await breath;
    }
  } finally {
    work.return(undefined as never);
  }
}
