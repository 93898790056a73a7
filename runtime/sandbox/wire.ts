import * as z from "zod/mini";

/**
 * The wire between the trusted worker and the sandbox process: one length-prefixed JSON frame per message,
 * one union per direction. Both sides parse what they receive; the worker treats every frame as hostile.
 */

/** The largest frame: one guest message with a full body in base64, and its envelope. */
export const MAX_FRAME_BYTES = 48 * 1024 * 1024;
/** Bundles whose code the worker does not send again, the least recently started forgotten. */
export const KNOWN_BUNDLES = 64;
/** The largest text that the guest may post at once. */
export const MAX_POST_CHARS = 16 * 1024 * 1024;

const run = z.int().check(z.nonnegative());
const posts = z.array(z.string().check(z.maxLength(MAX_POST_CHARS))).check(z.maxLength(100_000));

/** What the worker says. */
export const toSandbox = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("boot"),
    prelude: z.string(),
    lockdown: z.boolean(),
    memoryMb: z.int().check(z.positive()),
  }),
  z.strictObject({
    type: z.literal("start"),
    run,
    hash: z.string(),
    /** Null when this process has that bundle already. */
    code: z.nullable(z.string()),
    /** What the guest half is told, opaque here. */
    payload: z.string(),
    memoryMb: z.int().check(z.positive()),
    /** Whose isolate may be used again, and may be kept for the next of the same; null: a new one, for this run only. */
    warm: z.nullable(z.string().check(z.maxLength(200))),
    cpuSliceMs: z.number().check(z.positive()),
    cpuTotalMs: z.number().check(z.positive()),
  }),
  z.strictObject({ type: z.literal("deliver"), run, text: z.string() }),
  z.strictObject({ type: z.literal("stop"), run }),
  z.strictObject({ type: z.literal("ping"), nonce: z.int() }),
]);
export type ToSandbox = z.infer<typeof toSandbox>;

/** What the kernel granted to the process, as it reports it. */
export const lockdownReport = z.strictObject({
  permission: z.boolean(),
  noNewPrivileges: z.boolean(),
  seccomp: z.boolean(),
  landlock: z.boolean(),
  problems: z.array(z.string().check(z.maxLength(1_000))).check(z.maxLength(20)),
});

/**
 * Why an isolate ended. `settled`: its last post says how. `parse`: the bundle is not JavaScript.
 * `stopped`: the worker asked for it.
 */
const end = z.enum(["settled", "parse", "cpu", "memory", "protocol", "stopped"]);

/** What the sandbox process says. */
export const fromSandbox = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready"), lockdown: lockdownReport }),
  z.strictObject({ type: z.literal("posts"), run, texts: posts }),
  z.strictObject({
    type: z.literal("ended"),
    run,
    end,
    texts: posts,
    detail: z.string().check(z.maxLength(20_000)),
    cpuMs: z.number().check(z.nonnegative()),
    /** Runs that the isolate had served before; absent where it had served none. */
    served: z.optional(z.int().check(z.positive())),
  }),
  /** The isolate of an ended run does not stop: only the death of the process ends it. */
  z.strictObject({ type: z.literal("stuck"), run }),
  /** `sliceMs`: CPU time of the longest slice under way, which did not come back since it began. */
  z.strictObject({
    type: z.literal("pong"),
    nonce: z.int(),
    sliceMs: z.number().check(z.nonnegative()),
  }),
]);
export type FromSandbox = z.infer<typeof fromSandbox>;
export type SandboxEnd = z.infer<typeof end>;

/** One message as bytes: its length, then its JSON. */
export function encodeFrame(message: ToSandbox | FromSandbox): Buffer {
  const json = JSON.stringify(message);
  const length = Buffer.byteLength(json);
  if (length > MAX_FRAME_BYTES) {
    throw new RangeError(
      `A ${message.type} frame of ${String(length)} bytes is larger than the wire allows.`,
    );
  }
  const frame = Buffer.allocUnsafe(4 + length);
  frame.writeUInt32BE(length, 0);
  frame.write(json, 4);
  return frame;
}

/** Strings in a frame, and characters between two of them: our frames are made of few and long strings. */
const MAX_STRINGS = 100_100;
const MAX_BETWEEN = 200;

/** Refuses what is small to send and large to parse: a frame of empty objects becomes thirty times its size. */
function requireFlat(json: string): void {
  let strings = 0;
  let after = 0;
  for (let open = json.indexOf('"'); open >= 0; open = json.indexOf('"', after)) {
    let close = json.indexOf('"', open + 1);
    while (close >= 0 && isEscaped(json, close)) {
      close = json.indexOf('"', close + 1);
    }
    strings += 1;
    if (close < 0 || open - after > MAX_BETWEEN || strings > MAX_STRINGS) {
      throw new RangeError("A frame is not made as frames are.");
    }
    after = close + 1;
  }
  if (json.length - after > MAX_BETWEEN) {
    throw new RangeError("A frame is not made as frames are.");
  }
}

function isEscaped(json: string, quote: number): boolean {
  let backslashes = 0;
  while (json[quote - 1 - backslashes] === "\\") {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}

/** Cuts a byte stream into parsed messages; throws on anything that is not one. */
export class FrameReader<Message> {
  readonly #schema: z.ZodMiniType<Message>;
  #chunks: Buffer[] = [];
  #buffered = 0;
  #needed: number | null = null;

  constructor(schema: z.ZodMiniType<Message>) {
    this.#schema = schema;
  }

  /** The messages that `chunk` completes. */
  push(chunk: Buffer): Message[] {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    const messages: Message[] = [];
    for (let body = this.#next(); body !== null; body = this.#next()) {
      const json = body.toString("utf8");
      requireFlat(json);
      messages.push(this.#schema.parse(JSON.parse(json)));
    }
    return messages;
  }

  #next(): Buffer | null {
    if (this.#needed === null) {
      const header = this.#take(4);
      if (header === null) {
        return null;
      }
      this.#needed = header.readUInt32BE(0);
      if (this.#needed > MAX_FRAME_BYTES) {
        throw new RangeError(`A frame announces ${String(this.#needed)} bytes, more than the wire allows.`);
      }
    }
    const body = this.#take(this.#needed);
    if (body !== null) {
      this.#needed = null;
    }
    return body;
  }

  #take(length: number): Buffer | null {
    if (this.#buffered < length) {
      return null;
    }
    const joined = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const bytes = joined ?? Buffer.alloc(0);
    this.#chunks = bytes.length > length ? [bytes.subarray(length)] : [];
    this.#buffered -= length;
    return bytes.subarray(0, length);
  }
}
