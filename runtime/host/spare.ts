import type { Logger } from "#runtime/log.ts";
import type { Lockdown, SandboxProcess } from "./process.ts";

/** The one warm process in reserve: nobody's yet. */
export class Spare {
  readonly #spawn: () => SandboxProcess;
  readonly #log: Logger;
  readonly #onReady: () => void;
  #process: SandboxProcess | null = null;
  #starting: Promise<void> | null = null;
  #failedStarts = 0;
  #closed = false;

  constructor(options: {
    readonly spawn: () => SandboxProcess;
    readonly log: Logger;
    /** Called when there is one, or when one could not start. */
    readonly onReady: () => void;
  }) {
    this.#spawn = options.spawn;
    this.#log = options.log;
    this.#onReady = options.onReady;
  }

  get process(): SandboxProcess | null {
    return this.#process;
  }

  /** Starts the first one; what it reports holds for all. */
  async first(): Promise<Lockdown> {
    const process = this.#spawn();
    const lockdown = await process.lockdown;
    this.#keep(process);
    return lockdown;
  }

  /** Hands it out, and makes the next. */
  take(): SandboxProcess | null {
    const process = this.#process;
    this.#process = null;
    this.prepare();
    return process;
  }

  /** Makes one, unless it is there or on its way. */
  prepare(): void {
    if (!this.#closed && this.#process === null && this.#starting === null) {
      this.#starting = this.#start();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#process?.kill("killed");
    await this.#starting?.catch(() => undefined);
    this.#process?.kill("killed");
  }

  async #start(): Promise<void> {
    const process = this.#spawn();
    try {
      await process.lockdown;
      this.#failedStarts = 0;
      this.#keep(process);
    } catch (error) {
      this.#failedStarts += 1;
      this.#log.error({ error: String(error) }, "A sandbox process could not start; it will be tried again.");
      await new Promise((resolve) => setTimeout(resolve, Math.min(10_000, 100 * 2 ** this.#failedStarts)));
    } finally {
      this.#starting = null;
      this.prepare();
      this.#onReady();
    }
  }

  #keep(process: SandboxProcess): void {
    if (this.#closed) {
      process.kill("killed");
      return;
    }
    this.#process = process;
    process.onGone = () => {
      if (this.#process === process) {
        this.#process = null;
        this.prepare();
      }
    };
  }
}
