/** What others have of the worker's time between two such works, by what the first one took. */
const REST_FACTOR = 2;

/** The line of all runs of this worker. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Does work that takes long at once and cannot be interrupted, such as reading a large answer: one at a time for all
 * runs together, with a rest after each in which the worker serves everybody else.
 */
export async function inTurn<Result>(work: () => Result): Promise<Result> {
  const before = last;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  last = promise;
  await before;
  const began = performance.now();
  try {
    return work();
  } finally {
    setTimeout(resolve, (performance.now() - began) * REST_FACTOR);
  }
}
