import { spawn, type ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";
import { SetupError } from "#runtime/errors.ts";
import type { Logger } from "#runtime/log.ts";
import {
  encodeFrame,
  FrameReader,
  type FromSandbox,
  fromSandbox,
  KNOWN_BUNDLES,
  type ToSandbox,
} from "#runtime/sandbox/wire.ts";
import { CallBudget } from "./call-budget.ts";
import { CpuWatch } from "./cpu-watch.ts";
import { FrameMeter, textsIn } from "./frame-meter.ts";
import { LastWords } from "./last-words.ts";
import { residentBytes } from "./memory.ts";
import type { SandboxProgram } from "./sandbox-program.ts";
import type { Start } from "./start-frame.ts";

/** What a sandbox process is started with. */
export interface ProcessSettings {
  readonly prelude: string;
  readonly memoryMb: number;
  readonly lockdown: boolean;
  readonly log: Logger;
  readonly program: SandboxProgram;
}

/** Why a process ended, as far as the worker knows. */
export type Death = "killed" | "crashed" | "memory" | "unresponsive" | "protocol" | "flood";

/** One run's ear on the process. */
export interface RunListener {
  readonly memoryMb: number;
  frame(frame: Extract<FromSandbox, { run: number }>): void;
  /** `alone`: no other run ever was in the process. */
  died(death: Death, alone: boolean): void;
}

export type Lockdown = Extract<FromSandbox, { type: "ready" }>["lockdown"];

const FIRST_RUN = 1;
const START_MS = 30_000;
const WATCH_MS = 250;
/**
 * After so many looks without a word the process is wedged. Looks are counted and not time: a worker that was busy
 * itself, or slept, has heard nobody.
 */
const MAX_SILENT_LOOKS = 60;
const BASE_BYTES = 400 * 1024 * 1024;
/** Shorter than the silence that would be taken for a wedged process. */
const MAX_PAUSE_MS = 5_000;

/** A sandbox process as the worker sees it: a channel, a watch on it, and a kill. */
export class SandboxProcess {
  readonly child: ChildProcess;
  readonly lockdown: Promise<Lockdown>;
  /** What the runs in it share of the worker. */
  readonly calls = new CallBudget();
  readonly #meter = new FrameMeter();
  readonly #cpu: CpuWatch;
  readonly #listeners = new Map<number, RunListener>();
  /** Bundles that it has, the least recently started first. */
  readonly #hashes = new Set<string>();
  readonly #log: Logger;
  #channel: Duplex;
  #watch: NodeJS.Timeout | undefined;
  #silentLooks = 0;
  /** CPU time of its longest slice under way, by its last word. */
  #sliceMs = 0;
  #nonce = 0;
  #nextRun = FIRST_RUN;
  readonly #words = new LastWords();
  #death: Death | null = null;
  #dead = false;
  #weight = 0;
  /** Called once when the process is gone. */
  onGone: () => void = () => undefined;
  /** Called when it computes without pause, and steps back behind the others. */
  onBusy: () => void = () => undefined;
  /** Called when a run's isolate cannot be stopped. */
  onStuck: () => void = () => undefined;

  constructor(settings: ProcessSettings) {
    this.#log = settings.log;
    this.child = spawn(process.execPath, settings.program.arguments, {
      cwd: "/",
      env: {},
      stdio: ["pipe", "ignore", "pipe", "pipe"],
    });
    // A process that ends before it has read its program is told of by its exit.
    this.child.stdin?.on("error", () => undefined).end(settings.program.text);
    this.#channel = this.child.stdio[3] as Duplex;
    this.#cpu = new CpuWatch(this.pid);
    this.lockdown = this.#start(settings);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get runs(): number {
    return this.#listeners.size;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Starts a run: its number, which every frame about it carries. The code travels once per process. */
  start(listener: RunListener, start: Start, code: string): number {
    const run = this.#nextRun;
    this.#nextRun += 1;
    this.#listeners.set(run, listener);
    this.#meter.begin();
    this.send({ type: "start", run, ...start, code: this.#knows(start.hash) ? null : code });
    this.#watch ??= this.#startWatch();
    return run;
  }

  /** Whether it has a bundle; it has it from now on. */
  #knows(hash: string): boolean {
    const known = this.#hashes.delete(hash);
    this.#hashes.add(hash);
    const [oldest] = this.#hashes;
    if (this.#hashes.size > KNOWN_BUNDLES && oldest !== undefined) {
      this.#hashes.delete(oldest);
    }
    return known;
  }

  /** Forgets a run: whatever the process still says about it is dropped. */
  release(run: number): void {
    this.#listeners.delete(run);
    if (this.#listeners.size === 0) {
      clearInterval(this.#watch);
      this.#watch = undefined;
    }
  }

  send(frame: ToSandbox): void {
    if (!this.#dead && this.#channel.writable) {
      this.#channel.write(encodeFrame(frame));
    }
  }

  /** Ends the process at once. The runs in it are told why. */
  kill(death: Death): void {
    this.#death ??= death;
    this.child.kill("SIGKILL");
  }

  async #start(settings: ProcessSettings): Promise<Lockdown> {
    const reader = new FrameReader(fromSandbox);
    const { promise, resolve, reject } = Promise.withResolvers<Lockdown>();
    const late = setTimeout(() => {
      this.kill("unresponsive");
    }, START_MS);
    this.#channel.on("data", (chunk: Buffer) => {
      this.#hear(reader, chunk, resolve);
    });
    this.#channel.on("error", () => {
      this.kill("crashed");
    });
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.#hearError(chunk);
    });
    const gone = (): void => {
      clearTimeout(late);
      this.#bury();
      reject(new SetupError(`A sandbox process could not start. ${this.#words.lastLine}`.trim()));
    };
    this.child.once("exit", gone);
    this.child.once("error", gone);
    this.send({
      type: "boot",
      prelude: settings.prelude,
      lockdown: settings.lockdown,
      memoryMb: settings.memoryMb,
    });
    try {
      return await promise;
    } finally {
      clearTimeout(late);
    }
  }

  #hearError(chunk: Buffer): void {
    this.#words.add(chunk);
    if (this.#words.tooMany) {
      this.child.stderr?.destroy();
      this.kill("flood");
    }
  }

  #hear(reader: FrameReader<FromSandbox>, chunk: Buffer, ready: (lockdown: Lockdown) => void): void {
    if (this.#death === "protocol" || this.#death === "flood") {
      return;
    }
    this.#silentLooks = 0;
    this.#breathe(chunk.length);
    let frames: FromSandbox[];
    try {
      frames = reader.push(chunk);
    } catch (error) {
      // The error's kind only: its message may repeat what was sent, at any length.
      this.#refuse(error instanceof Error ? error.name : "unknown");
      return;
    }
    if (!this.#meter.allows(textsIn(frames), this.#listeners.size)) {
      this.#log.error({ pid: this.pid }, "A sandbox process said more than its runs may; killed.");
      this.kill("flood");
      return;
    }
    for (const frame of frames) {
      if (frame.type === "ready") {
        ready(frame.lockdown);
      } else if (frame.type === "pong") {
        this.#sliceMs = frame.sliceMs;
      } else {
        if (frame.run >= this.#nextRun) {
          this.#refuse("a frame about a run that was never started");
          return;
        }
        if (frame.type === "stuck") {
          this.onStuck();
        }
        this.#listeners.get(frame.run)?.frame(frame);
      }
    }
  }

  /** A process that sends faster than it may be read waits; the others are read meanwhile. */
  #breathe(bytes: number): void {
    const milliseconds = this.#meter.pause(bytes);
    if (milliseconds > 0) {
      this.#channel.pause();
      setTimeout(
        () => {
          this.#silentLooks = 0;
          this.#channel.resume();
        },
        Math.min(milliseconds, MAX_PAUSE_MS),
      ).unref();
    }
  }

  #refuse(reason: string): void {
    this.#log.error({ pid: this.pid, reason }, "A sandbox process sent what is not a frame; killed.");
    this.kill("protocol");
  }

  #startWatch(): NodeJS.Timeout {
    this.#silentLooks = 0;
    this.#sliceMs = 0;
    this.#cpu.begin();
    return setInterval(() => {
      this.#look();
    }, WATCH_MS);
  }

  /** Four times a second while runs are in it: does it answer, and how much memory does it hold. */
  #look(): void {
    this.#silentLooks += 1;
    if (this.#silentLooks > MAX_SILENT_LOOKS) {
      this.kill("unresponsive");
      return;
    }
    this.#watchCpu();
    this.#nonce += 1;
    this.send({ type: "ping", nonce: this.#nonce });
    let allowed = BASE_BYTES;
    for (const listener of this.#listeners.values()) {
      allowed += listener.memoryMb * 2 * 1024 * 1024;
    }
    void this.#limitWeight(allowed);
  }

  /** Its resident set when it was looked at last, in bytes. */
  get weight(): number {
    return this.#weight;
  }

  /** Looks at it now. */
  async weigh(): Promise<number> {
    this.#weight = await residentBytes(this.pid);
    return this.#weight;
  }

  #watchCpu(): void {
    if (this.#cpu.look(this.#sliceMs)) {
      this.onBusy();
    }
  }

  /** Milliseconds since it computed without pause, where it stepped back behind the others; else null. */
  get calmMs(): number | null {
    return this.#cpu.calmMs;
  }

  /** Lets it step back at once: its organization was busy before. */
  stepBack(): void {
    this.#cpu.stepBack();
  }

  async #limitWeight(allowed: number): Promise<void> {
    const bytes = await this.weigh();
    if (bytes > allowed) {
      this.#log.warn({ pid: this.pid, bytes, allowed }, "A sandbox process outgrew its memory; killed.");
      this.kill("memory");
    }
  }

  #bury(): void {
    if (this.#dead) {
      return;
    }
    this.#dead = true;
    clearInterval(this.#watch);
    if (this.#words.text !== "") {
      this.#log.warn({ pid: this.pid, output: this.#words.text }, "A sandbox process left a message.");
    }
    const death = this.#death ?? (this.#words.tellOfMemory ? "memory" : "crashed");
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    // Who was in it before may have left it broken: only the one run of a process is surely to blame.
    const alone = this.#nextRun === FIRST_RUN + 1;
    for (const listener of listeners) {
      listener.died(death, alone);
    }
    this.#channel.destroy();
    this.onGone();
  }
}
