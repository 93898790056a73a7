import { readdir, readFile } from "node:fs/promises";
import os from "node:os";

/** Processors that a process may ask for, from look to look, before it steps back. */
const BUSY_PART = 0.9;
/** How much nicer it becomes: a tenth of the share of a process that did not step back. */
const NICER = 10;
const NICEST = 19;

/**
 * Lets a sandbox process that computes without pause step back behind those that compute a little: the system then
 * serves the others first, and gives it all that they leave. It is no punishment: alone it is as fast as ever.
 */
export class CpuWatch {
  readonly #pid: number;
  #wantedMs = 0;
  #at = 0;
  #steppedBack = false;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Looks at what it asked for since the last look; true when it steps back for that. */
  async look(): Promise<boolean> {
    const wantedMs = await wantedTimeMs(this.#pid);
    const now = performance.now();
    const part = (wantedMs - this.#wantedMs) / (now - this.#at);
    const known = this.#at > 0;
    this.#wantedMs = wantedMs;
    this.#at = now;
    if (!known || part < BUSY_PART || this.#steppedBack) {
      return false;
    }
    await this.stepBack();
    return true;
  }

  /** Every thread has a priority of its own, which those that it starts later inherit. There is no way back. */
  async stepBack(): Promise<void> {
    this.#steppedBack = true;
    const priority = Math.min(NICEST, os.getPriority() + NICER);
    for (const thread of await threadsOf(this.#pid)) {
      try {
        os.setPriority(thread, priority);
      } catch {
        // It has ended, or the system does not let us: then nobody steps back.
      }
    }
  }
}

/**
 * What its threads used of the processors, and what they waited for one: on a crowded machine nobody gets much,
 * and who asks without pause is seen by the sum only. In nanoseconds in the file; nothing where there is none.
 */
async function wantedTimeMs(pid: number): Promise<number> {
  let sum = 0;
  for (const thread of await threadsOf(pid)) {
    try {
      const stat = await readFile(`/proc/${String(pid)}/task/${String(thread)}/schedstat`, "utf8");
      const [used = "0", waited = "0"] = stat.split(" ");
      sum += (Number(used) + Number(waited)) / 1e6;
    } catch {
      // It has ended, or this kernel keeps no such figures: then nobody steps back.
    }
  }
  return sum;
}

async function threadsOf(pid: number): Promise<readonly number[]> {
  try {
    return (await readdir(`/proc/${String(pid)}/task`)).map(Number);
  } catch {
    return [];
  }
}
