import { perform } from "./perform.ts";
import { cryptoRequest } from "./request.ts";

/** Where a run's jobs report to. */
export interface CryptoPorts {
  readonly reply: (text: string) => void;
  /** The guest asked for what its prelude never asks for. */
  readonly broken: (detail: string) => void;
}

/** Jobs that a run may have here, and the prelude keeps to: the rest waits in its own memory. */
const MAX_PENDING = 4;
/** Of the thread pool's four threads, so many for one run: two wait behind nobody but themselves. */
const MAX_AT_WORK = 2;
const THREADS = 4;

interface Waiting {
  readonly owner: CryptoJobs;
  readonly begin: () => void;
}

/** Jobs of all runs that wait for a thread, first come first served. */
const line: Waiting[] = [];
let atWork = 0;

function advance(): void {
  while (atWork < THREADS) {
    const next = line.findIndex(({ owner }) => owner.atWork < MAX_AT_WORK);
    const [job] = next === -1 ? [] : line.splice(next, 1);
    if (job === undefined) {
      return;
    }
    atWork += 1;
    job.owner.atWork += 1;
    job.begin();
  }
}

/**
 * The jobs of one run for this process's WebCrypto. A job cannot be interrupted: what it takes is charged to the
 * run while it works, and its answer is dropped when the run is over.
 */
export class CryptoJobs {
  /** How many of this run's jobs are at work; kept by the line. */
  atWork = 0;
  readonly #ports: CryptoPorts;
  readonly #started = new Map<number, { readonly atMs: number; readonly cpu: NodeJS.CpuUsage }>();
  #pending = 0;
  #lastStart = 0;
  #spentMs = 0;
  #closed = false;

  constructor(ports: CryptoPorts) {
    this.#ports = ports;
  }

  /** Whether no job of the run is at work or waits. */
  get idle(): boolean {
    return this.#pending === 0;
  }

  /** CPU time in milliseconds, of jobs that are done and of those at work: at most what the process used meanwhile. */
  get usedMs(): number {
    let used = this.#spentMs;
    for (const start of this.#started.keys()) {
      used += this.#msSince(start);
    }
    return used;
  }

  /** The time of the job that has been at work for the longest. */
  get longestMs(): number {
    const [first] = this.#started.keys();
    return first === undefined ? 0 : this.#msSince(first);
  }

  /** Takes a job. */
  take(text: string): void {
    this.#pending += 1;
    if (this.#pending > MAX_PENDING) {
      this.#ports.broken("asked for more cryptography at once than its prelude does");
      return;
    }
    line.push({
      owner: this,
      begin: () => {
        void this.#work(text);
      },
    });
    advance();
  }

  /** Drops what waits; what is at work ends unheard. */
  close(): void {
    this.#closed = true;
    for (let index = line.length - 1; index >= 0; index -= 1) {
      if (line[index]?.owner === this) {
        line.splice(index, 1);
      }
    }
  }

  async #work(text: string): Promise<void> {
    this.#lastStart += 1;
    const start = this.#lastStart;
    this.#started.set(start, { atMs: performance.now(), cpu: process.cpuUsage() });
    const answer = await this.#answer(text);
    this.#spentMs += this.#msSince(start);
    this.#started.delete(start);
    this.#pending -= 1;
    this.atWork -= 1;
    atWork -= 1;
    advance();
    if (this.#closed) {
      return;
    }
    if (answer === null) {
      this.#ports.broken("asked for cryptography in words that its prelude does not use");
    } else {
      this.#ports.reply(`k${answer}`);
    }
  }

  async #answer(text: string): Promise<string | null> {
    let request;
    try {
      request = cryptoRequest.parse(JSON.parse(text));
    } catch {
      return null;
    }
    return JSON.stringify({ id: request.id, ...(await perform(request)) });
  }

  #msSince(start: number): number {
    const since = this.#started.get(start);
    if (since === undefined) {
      return 0;
    }
    const { user, system } = process.cpuUsage(since.cpu);
    return Math.min(performance.now() - since.atMs, (user + system) / 1_000);
  }
}
