import type { ExecutionLimits, LogLine, Outcome } from "#runtime/host/execution.ts";

/** One way to attack; each has a file in `hostile/`. */
export interface Technique {
  /** The kind of attack that it is one of. */
  readonly kind: string;
  /**
   * The text of a workflow's default export. Of an escaped technique: of a function that has the whole process,
   * and gets what `taken-over.ts` gives.
   */
  readonly code: string;
  /** The codes that it may end with, `completed` among them. */
  readonly ends: readonly string[];
  /** What it must have returned when it completes: what a correct runtime shows it. */
  readonly answer?: unknown;
  readonly limits?: Partial<ExecutionLimits>;
  /** It may take its process with it: neighbours are then run again. */
  readonly kills?: boolean;
  /** The isolate is taken for broken: the code runs in the sandbox process itself. */
  readonly escaped?: boolean;
  /** Cancelled as soon as it logs something. */
  readonly cancelled?: boolean;
  /** What else must hold. Throws when it does not. */
  readonly holds?: (seen: Seen) => void;
}

/** What an attack left behind. */
export interface Seen {
  readonly outcome: Outcome;
  readonly lines: readonly LogLine[];
  /** Requests that reached a server, in order: `POST /path`, then headers and body as text. */
  readonly requests: readonly string[];
}
