import type { FromSandbox } from "#runtime/sandbox/wire.ts";
import { Bucket } from "./bucket.ts";

/** What a process may say in texts per second, and what each run that starts in it may say besides, at once. */
const TEXTS_PER_S = 20_000;
const TEXTS_PER_RUN = 30_000;
const MAX_TEXTS = 1_000_000;
/** What of it is read per second; the rest waits in the pipe, and the process with it. */
const BYTES_PER_S = 32 * 1024 * 1024;
const MAX_BYTES = 128 * 1024 * 1024;
/** What a process may say that has no runs: the last words of those that were stopped. */
const MAX_AFTERWARDS = 10_000;

/**
 * Bounds what a sandbox process makes the worker read. Correct ones stay far below: a run's log lines, calls and
 * their bodies are limited one by one. This is for a process that somebody took over, which may send frames that
 * are right in form without pause, and for code that talks as fast as it can.
 */
export class FrameMeter {
  readonly #texts = new Bucket({ perSecond: TEXTS_PER_S, most: MAX_TEXTS, first: TEXTS_PER_RUN });
  readonly #bytes = new Bucket({ perSecond: BYTES_PER_S, most: MAX_BYTES, first: MAX_BYTES });
  #afterwards = 0;

  /** A run starts: it brings what a correct one may say. */
  begin(): void {
    this.#texts.add(TEXTS_PER_RUN);
    this.#afterwards = 0;
  }

  /** How many milliseconds the process is not to be read, after so many bytes of it. */
  pause(bytes: number): number {
    return this.#bytes.take(bytes);
  }

  /** Whether it may have said so many texts, with so many runs in it. */
  allows(texts: number, runs: number): boolean {
    this.#afterwards += runs === 0 ? texts : 0;
    return this.#texts.take(texts) === 0 && this.#afterwards <= MAX_AFTERWARDS;
  }
}

/** What frames count: each of its texts, and each frame itself. */
export function textsIn(frames: readonly FromSandbox[]): number {
  return frames.reduce((sum, frame) => sum + 1 + ("texts" in frame ? frame.texts.length : 0), 0);
}
