import net from "node:net";
import vm from "node:vm";
import { PRELUDE_FILE, WORKFLOW_ORIGIN, wrap } from "./script.ts";
import { encodeFrame, FrameReader, type FromSandbox, type ToSandbox, toSandbox } from "./wire.ts";

/**
 * A sandbox process without a sandbox, for one run of the author's own code on the author's own machine: it speaks
 * the same frames and runs the same prelude, in a context of this very thread, which Node's debugger can stop.
 * isolated-vm's own inspector aborts the process with the V8 of Node 26.
 */
type Boot = (post: (text: unknown) => void) => (text: string) => void;

const channel = new net.Socket({ fd: 3, readable: true, writable: true });
const reader = new FrameReader(toSandbox);
const MAX_TIMER_MS = 2_147_483_647;
/** The debugger stops here, before the first line of the author. */
const STOP_FIRST = "debugger;";

let prelude = "";
let outbox: string[] = [];
let timer: NodeJS.Timeout | undefined;
let deliver: ((text: string) => void) | null = null;

function send(frame: FromSandbox): void {
  channel.write(encodeFrame(frame));
}

function start(frame: Extract<ToSandbox, { type: "start" }>): void {
  const context = vm.createContext();
  const boot = new vm.Script(prelude, { filename: PRELUDE_FILE }).runInContext(context) as Boot;
  deliver = boot((text) => {
    receive(frame.run, String(text));
  });
  deliver(frame.payload);
  try {
    new vm.Script(wrap(frame.code ?? "", STOP_FIRST), WORKFLOW_ORIGIN).runInContext(context);
  } catch (error) {
    end(frame.run, "parse", error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : "");
  }
}

function receive(run: number, text: string): void {
  if (text.startsWith("t")) {
    clearTimeout(timer);
    const delayMs = Number(text.slice(1));
    if (delayMs >= 0) {
      timer = setTimeout(() => deliver?.("t"), Math.min(delayMs, MAX_TIMER_MS));
    }
    return;
  }
  outbox.push(text);
  if (text.startsWith("d") || text.startsWith("f")) {
    end(run, "settled", "");
  } else {
    setImmediate(flush, run);
  }
}

function flush(run: number): void {
  if (deliver !== null && outbox.length > 0) {
    send({ type: "posts", run, texts: outbox });
    outbox = [];
  }
}

function end(run: number, how: Extract<FromSandbox, { type: "ended" }>["end"], detail: string): void {
  if (deliver !== null) {
    deliver = null;
    clearTimeout(timer);
    const cpuMs = process.cpuUsage().user / 1_000;
    send({ type: "ended", run, end: how, texts: outbox, detail: detail.slice(0, 20_000), cpuMs });
  }
}

function handle(frame: ToSandbox): void {
  switch (frame.type) {
    case "boot":
      prelude = frame.prelude;
      break;
    case "start":
      start(frame);
      break;
    case "deliver":
      deliver?.(frame.text);
      break;
    case "stop":
      end(frame.run, "stopped", "");
      break;
    case "ping":
      send({ type: "pong", nonce: frame.nonce, sliceMs: 0 });
      break;
  }
}

channel.on("data", (chunk: Buffer) => {
  for (const frame of reader.push(chunk)) {
    handle(frame);
  }
});
channel.on("error", () => process.exit(1));
channel.on("close", () => process.exit(0));
// What the author's code leaves rejected is the author's affair, as in an isolate.
process.on("unhandledRejection", () => undefined);
