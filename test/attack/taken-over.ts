import net from "node:net";
import { lockDown } from "../../runtime/sandbox/lockdown.ts";
import { encodeFrame, FrameReader, toSandbox } from "../../runtime/sandbox/wire.ts";
import type { FromSandbox, ToSandbox } from "../../runtime/sandbox/wire.ts";

/**
 * Not a test: a sandbox process as it is after its isolate was broken, started with the product's own flags and
 * locked down as it. It speaks the wire, and a run's "workflow" is a function that has the whole process.
 */
const channel = new net.Socket({ fd: 3, readable: true, writable: true });
const reader = new FrameReader(toSandbox);
/** Everything that the worker said since the start, for attacks that listen. */
const heard: ToSandbox[] = [];

function send(frame: FromSandbox): void {
  channel.write(encodeFrame(frame));
}

/** What an escaped run is given. */
function toolsOf(run: number, payload: string): object {
  return {
    run,
    payload: JSON.parse(payload.slice(1)) as unknown,
    heard,
    channel,
    send,
    /** Bytes that no encoder would write. */
    raw: (bytes: Buffer) => channel.write(bytes),
    post: (...texts: string[]) => {
      send({ type: "posts", run, texts });
    },
    done: (value: unknown) => {
      const texts = [`d${JSON.stringify(value)}`];
      send({ type: "ended", run, end: "settled", texts, detail: "", cpuMs: 1 });
    },
    pause: async (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
}

function begin(frame: Extract<ToSandbox, { type: "start" }>): void {
  const code = frame.code ?? known.get(frame.hash) ?? "";
  known.set(frame.hash, code);
  // oxlint-disable-next-line typescript/no-implied-eval -- the escape is granted: this is what it means
  const load = new Function("require", `${code};return __tenonWorkflow.default`) as (
    require: unknown,
  ) => (tools: object) => unknown;
  void (async () => {
    await load((name: string) => process.getBuiltinModule(name))(toolsOf(frame.run, frame.payload));
  })();
}

const known = new Map<string, string>();
channel.on("data", (chunk: Buffer) => {
  for (const frame of reader.push(chunk)) {
    heard.push(frame);
    if (frame.type === "boot") {
      const withoutRing = process.argv.includes("--without-ring");
      send({ type: "ready", lockdown: lockDown({ withoutRing }) });
    } else if (frame.type === "start") {
      begin(frame);
    } else if (frame.type === "ping") {
      send({ type: "pong", nonce: frame.nonce, sliceMs: 0 });
    }
  }
});
channel.on("close", () => {
  process.kill(process.pid, "SIGKILL");
});
