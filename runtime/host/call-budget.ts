import { setTimeout as delay } from "node:timers/promises";
import { Bucket } from "./bucket.ts";

/** Characters of all calls that one process has under way or waiting. */
const MAX_HELD_CHARS = 192 * 1024 * 1024;
/** Calls of one process per second, and at once: what one organization may take of the worker's time. */
const CALLS_PER_S = 2_000;
const BURST = 2_000;

/** What the runs of one process may have of the worker together: memory for their calls, and turns. */
export class CallBudget {
  readonly #pace = new Bucket({ perSecond: CALLS_PER_S, most: BURST, first: BURST });
  #heldChars = 0;

  /** Holds the text of a call; false when the process holds too much already. */
  hold(chars: number): boolean {
    if (this.#heldChars + chars > MAX_HELD_CHARS) {
      return false;
    }
    this.#heldChars += chars;
    return true;
  }

  /** A call has ended. */
  letGo(chars: number): void {
    this.#heldChars -= chars;
  }

  /** Null: it is this call's turn, as for all but those who call without pause. Else resolves when it is. */
  turn(): Promise<void> | null {
    const milliseconds = this.#pace.take(1);
    return milliseconds > 0 ? delay(milliseconds) : null;
  }
}
