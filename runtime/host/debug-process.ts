import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import type { Logger } from "#runtime/log.ts";
import {
  encodeFrame,
  FrameReader,
  type FromSandbox,
  fromSandbox,
  type ToSandbox,
} from "#runtime/sandbox/wire.ts";
import type { RunListener, SandboxProcess } from "./process.ts";

const MAIN = new URL("../sandbox/debug.ts", import.meta.url).href;
const LOOPBACK = "127.0.0.1";

/**
 * A process for one run that a debugger looks into, on the author's own machine. Nothing is watched in it, because
 * whoever stands at a breakpoint is silent; and nothing holds its code in but what held the author's editor.
 */
export class DebugProcess implements Pick<SandboxProcess, "start" | "send" | "release"> {
  readonly #child: ChildProcess;
  readonly #channel: Duplex;
  readonly #prelude: string;
  #listener: RunListener | null = null;
  /** Resolves when the process is gone. */
  readonly gone: Promise<unknown>;

  /**
   * @param name - What a debugger lists the run as; begins with no dash.
   * @param port - Where the debugger attaches, on loopback. Node waits for it there.
   */
  constructor(settings: {
    readonly name: string;
    readonly prelude: string;
    readonly port: number;
    readonly log: Logger;
  }) {
    this.#prelude = settings.prelude;
    const address = `${LOOPBACK}:${String(settings.port)}`;
    // Node names what can be debugged after its first argument, and with --eval that is no file to be run.
    const named = ["--import", MAIN, "--eval", "", settings.name];
    this.#child = spawn(process.execPath, [`--inspect-wait=${address}`, ...named], {
      cwd: "/",
      env: {},
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    settings.log.info({ address }, "a run waits for a debugger");
    this.#channel = this.#child.stdio[3] as Duplex;
    this.gone = once(this.#child, "exit").catch(() => undefined);
    this.#listen();
  }

  start(
    listener: RunListener,
    frame: Omit<Extract<ToSandbox, { type: "start" }>, "type" | "run" | "code">,
    code: string,
  ): number {
    this.#listener = listener;
    const { memoryMb } = frame;
    this.send({ type: "boot", prelude: this.#prelude, lockdown: false, memoryMb });
    this.send({ type: "start", run: 1, ...frame, code });
    return 1;
  }

  send(frame: ToSandbox): void {
    if (this.#channel.writable) {
      this.#channel.write(encodeFrame(frame));
    }
  }

  release(): void {
    this.#listener = null;
    this.kill();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #listen(): void {
    const reader = new FrameReader(fromSandbox);
    this.#channel.on("data", (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) {
          this.#hear(frame);
        }
      } catch {
        // What is debugged has the whole process, and may send what is no frame.
        this.kill();
      }
    });
    this.#channel.on("error", () => {
      this.kill();
    });
    void this.gone.then(() => this.#listener?.died("crashed", true));
  }

  #hear(frame: FromSandbox): void {
    if ("run" in frame) {
      this.#listener?.frame(frame);
    }
  }
}
