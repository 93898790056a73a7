import { z } from "zod";
import { redactJson } from "#runtime/vault/redact-json.ts";
import { CUT_MARK } from "#runtime/vault/redact.ts";
import type { Redactor } from "#runtime/vault/redact.ts";
import { ProtocolError } from "./call-desk.ts";
import type { ExecutionLimits, LogLine } from "./execution.ts";
import { redactLines, unfinishedLines } from "./redact-lines.ts";

const posted = z.strictObject({
  level: z.enum(["debug", "info", "warn", "error"]),
  message: z.string(),
  data: z.unknown(),
});

const FLUSH_MS = 50;
const BATCH = 200;

/** Collects one run's log lines into small redacted batches, in order, within the run's limits. */
export class LogBatch {
  readonly #limits: ExecutionLimits;
  readonly #redactor: Redactor;
  readonly #mapText: (text: string) => string;
  readonly #write: (lines: readonly LogLine[]) => Promise<void>;
  readonly #onFailure: () => void;
  readonly #lines: LogLine[] = [];
  #count = 0;
  #bytes = 0;
  #full = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly limits: ExecutionLimits;
    readonly redactor: Redactor;
    readonly mapText: (text: string) => string;
    readonly write: (lines: readonly LogLine[]) => Promise<void>;
    readonly onFailure: () => void;
  }) {
    this.#limits = options.limits;
    this.#redactor = options.redactor;
    this.#mapText = options.mapText;
    this.#write = options.write;
    this.#onFailure = options.onFailure;
  }

  /** Takes one posted line. */
  add(json: string): void {
    if (this.#full) {
      return;
    }
    // The prelude cuts message and data to a line each; six characters are the longest escape of one.
    if (json.length > 12 * this.#limits.logLineBytes + 1_024) {
      throw new ProtocolError("a log line is longer than the prelude writes any");
    }
    const { level, message, data } = parseLine(json);
    this.#count += 1;
    this.#bytes += Buffer.byteLength(json);
    if (
      this.#count > this.#limits.logLines ||
      this.#bytes > this.#limits.logBytes + this.#limits.logLines * 64
    ) {
      this.close();
      return;
    }
    const mapped = json.includes("tenon:") ? this.#mapData(data) : data;
    this.#push({ at: new Date(), level, message: this.#cut(this.#mapText(message)), data: mapped ?? null });
  }

  /** The one line that says that the rest is missing. */
  close(): void {
    if (!this.#full) {
      this.#full = true;
      const words = `The log is cut here: a run may log ${String(this.#limits.logLines)} lines and ${String(this.#limits.logBytes)} bytes.`;
      this.#push({ at: new Date(), level: "warn", message: words, data: null });
    }
  }

  /** Hands over what is left; resolves when everything was written or given up. */
  async finish(): Promise<void> {
    this.#flush(0);
    await this.#writing;
  }

  #push(line: LogLine): void {
    this.#lines.push(line);
    if (this.#lines.length >= BATCH) {
      this.#flush(unfinishedLines(this.#lines, this.#redactor));
    } else {
      this.#timer ??= setTimeout(() => {
        this.#flush(unfinishedLines(this.#lines, this.#redactor));
      }, FLUSH_MS);
    }
  }

  /** Hands over all but the last `held` lines, which wait for the next. */
  #flush(held: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines.splice(0, this.#lines.length - held);
    if (lines.length === 0) {
      return;
    }
    this.#writing = this.#writeAfter(this.#writing, lines);
  }

  async #writeAfter(before: Promise<void>, lines: readonly LogLine[]): Promise<void> {
    await before;
    try {
      await this.#write(redactLines(lines, this.#redactor));
    } catch {
      this.#onFailure();
    }
  }

  /** The stacks in data, mapped as those in messages are, while that does not make it more than twice a line. */
  #mapData(data: unknown): unknown {
    let room = this.#limits.logLineBytes;
    const mapped = (text: string): string => {
      const words = room > 0 ? this.#mapText(text) : text;
      room -= Math.max(0, words.length - text.length);
      return room >= 0 ? words : text;
    };
    return redactJson(data, mapped, false);
  }

  #cut(message: string): string {
    const limit = this.#limits.logLineBytes + 64;
    return Buffer.byteLength(message) <= limit
      ? message
      : `${Buffer.from(message).subarray(0, limit).toString("utf8")}${CUT_MARK}`;
  }
}

function parseLine(json: string): z.infer<typeof posted> {
  try {
    return posted.parse(JSON.parse(json));
  } catch {
    throw new ProtocolError("a log line was forged");
  }
}
