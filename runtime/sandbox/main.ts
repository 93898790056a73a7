import net from "node:net";
import { Bundles } from "./bundles.ts";
import { preparePrelude } from "./isolate.ts";
import { IsolateStock } from "./stock.ts";
import { lockDown } from "./lockdown.ts";
import { Run } from "./run.ts";
import { encodeFrame, FrameReader, type FromSandbox, type ToSandbox, toSandbox } from "./wire.ts";

/**
 * The sandbox process: owns isolates, and nothing else. Its one channel is descriptor 3. It is told about runs
 * by frames and reports by frames; it never exits by itself while the channel is open.
 */
const WATCH_MS = 25;

const channel = new net.Socket({ fd: 3, readable: true, writable: true });
const reader = new FrameReader(toSandbox);
const bundles = new Bundles();
const runs = new Map<number, Run>();
/** Frames for runs whose isolate is still being made, in order. */
const early = new Map<number, ToSandbox[]>();
let stock: IsolateStock | null = null;
let watchdog: NodeJS.Timeout | undefined;

function send(frame: FromSandbox): void {
  channel.write(encodeFrame(frame));
}

function die(): void {
  // Leaving politely hangs on busy isolates.
  process.kill(process.pid, "SIGKILL");
}

async function boot(frame: Extract<ToSandbox, { type: "boot" }>): Promise<void> {
  const lockdown = frame.lockdown
    ? lockDown({ withoutRing: process.argv.includes("--without-ring") })
    : {
        permission: true,
        noNewPrivileges: false,
        seccomp: false,
        landlock: false,
        problems: ["switched off"],
      };
  stock = new IsolateStock(await preparePrelude(frame.prelude, frame.memoryMb), frame.memoryMb);
  await stock.fill();
  send({ type: "ready", lockdown });
}

async function start(frame: Extract<ToSandbox, { type: "start" }>): Promise<void> {
  if (stock === null || runs.has(frame.run) || early.has(frame.run)) {
    throw new Error("A run started before the boot, or twice.");
  }
  bundles.begin(frame.hash, frame.code);
  const source = stock;
  const waiting: ToSandbox[] = [];
  early.set(frame.run, waiting);
  const { warm } = frame;
  const fresh = await source.take(frame.memoryMb, warm, frame.hash);
  let kept = false;
  early.delete(frame.run);
  const run = new Run(frame.run, fresh, frame, {
    send,
    keep:
      warm === null
        ? null
        : () => {
            kept = true;
            source.keep(warm, fresh);
          },
    onEnd: () => {
      if (warm !== null && !kept) {
        source.gone(warm);
      }
      runs.delete(frame.run);
      if (runs.size === 0) {
        clearInterval(watchdog);
        watchdog = undefined;
      }
      source.refillWhenIdle(() => runs.size);
    },
  });
  runs.set(frame.run, run);
  watchdog ??= setInterval(watch, WATCH_MS);
  const started = run.start(bundles, frame.hash, frame.payload);
  for (const next of waiting) {
    await handle(next);
  }
  await started;
}

function watch(): void {
  for (const run of runs.values()) {
    run.watch();
  }
}

function longestSliceMs(): number {
  return Math.max(0, ...[...runs.values()].map((run) => run.sliceMs));
}

async function handle(frame: ToSandbox): Promise<void> {
  switch (frame.type) {
    case "boot":
      await boot(frame);
      break;
    case "start":
      await start(frame);
      break;
    case "deliver":
      early.get(frame.run)?.push(frame);
      runs.get(frame.run)?.deliver(frame.text);
      break;
    case "stop":
      early.get(frame.run)?.push(frame);
      runs.get(frame.run)?.stop();
      break;
    case "ping":
      send({ type: "pong", nonce: frame.nonce, sliceMs: longestSliceMs() });
      break;
  }
}

channel.on("data", (chunk: Buffer) => {
  for (const frame of reader.push(chunk)) {
    handle(frame).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      die();
    });
  }
});
channel.on("error", die);
channel.on("close", die);
