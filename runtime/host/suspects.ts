import type { Outcome } from "./execution.ts";

const REMEMBERED_MS = 60 * 60_000;
const MAX_REMEMBERED = 10_000;

/**
 * The runs that were in a process when it died and nobody knew why. Tried again, each gets a process of its own:
 * the next death has one suspect, which is the culprit.
 */
export class Suspects {
  readonly #since = new Map<string, number>();

  has(runId: string): boolean {
    const since = this.#since.get(runId);
    return since !== undefined && Date.now() - since < REMEMBERED_MS;
  }

  /** Remembers what was lost, and forgets what ended. */
  learn(runId: string, outcome: Outcome): void {
    this.#since.delete(runId);
    if (outcome.status === "lost") {
      this.#since.set(runId, Date.now());
      const [oldest] = this.#since.keys();
      if (this.#since.size > MAX_REMEMBERED && oldest !== undefined) {
        this.#since.delete(oldest);
      }
    }
  }
}
