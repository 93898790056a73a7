import { randomBytes } from "node:crypto";
import zlib from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { codeOf, resultOf, run, startPool } from "#test/host/sandbox-pool.ts";

let pool: SandboxPool;

beforeAll(async () => {
  pool = await startPool({ processes: 1 });
});
afterAll(async () => {
  await pool.close();
});

const PACK = {
  gzip: (bytes: Buffer) => zlib.gzipSync(bytes),
  deflate: (bytes: Buffer) => zlib.deflateSync(bytes),
  "deflate-raw": (bytes: Buffer) => zlib.deflateRawSync(bytes),
} as const;
const UNPACK = {
  gzip: (bytes: Buffer) => zlib.gunzipSync(bytes),
  deflate: (bytes: Buffer) => zlib.inflateSync(bytes),
  "deflate-raw": (bytes: Buffer) => zlib.inflateRawSync(bytes),
} as const;
type Format = keyof typeof PACK;
const FORMATS: readonly Format[] = ["gzip", "deflate", "deflate-raw"];

const SAMPLES: readonly (readonly [string, Buffer])[] = [
  ["nothing", Buffer.alloc(0)],
  ["a byte", Buffer.from("x")],
  ["text", Buffer.from("the quick brown fox ".repeat(3_000))],
  ["noise", randomBytes(150_000)],
  ["both", Buffer.concat([randomBytes(40_000), Buffer.alloc(100_000, "ab"), randomBytes(10)])],
];

/** Pipes base64 through a stream of that kind, in pieces of so many bytes; what comes out in base64. */
async function through(kind: string, format: Format, input: Buffer, piece: number): Promise<string> {
  const ran = await run(
    pool,
    `async ({ input: { bytes, piece } }) => {
      const all = Uint8Array.fromBase64(bytes);
      const pieces = function* () { for (let at = 0; at < all.length; at += piece) yield all.slice(at, at + piece); };
      const out = await new Response(ReadableStream.from(pieces()).pipeThrough(new ${kind}("${format}"))).bytes().catch((e) => e);
      return out instanceof Error ? out.name : out.toBase64();
    }`,
    {
      input: JSON.stringify({ bytes: input.toString("base64"), piece }),
      limits: { cpuSliceMs: 10_000, cpuTotalMs: 20_000 },
    },
  );
  return String(resultOf(ran));
}

test.each(FORMATS.flatMap((format) => SAMPLES.map(([name, bytes]) => [format, name, bytes] as const)))(
  "%s of %s is what zlib reads, and reads what zlib wrote",
  async (format, _, bytes) => {
    const packed = await through("CompressionStream", format, bytes, 7_001);
    expect(UNPACK[format](Buffer.from(packed, "base64")).equals(bytes)).toBe(true);
    for (const piece of [333, 100_000]) {
      expect(await through("DecompressionStream", format, PACK[format](bytes), piece)).toBe(
        bytes.toString("base64"),
      );
    }
  },
);

test.each(FORMATS)("%s that comes byte by byte is read", async (format) => {
  const bytes = Buffer.from("some text, some more text, and ".repeat(20));
  expect(await through("DecompressionStream", format, PACK[format](bytes), 1)).toBe(bytes.toString("base64"));
});

test("a gzip header with all of its fields is read, in any pieces", async () => {
  const plain = zlib.gzipSync("hello");
  const fields = Buffer.from([3, 0, 1, 2, 3, ...Buffer.from("name\0comment\0"), 9, 9]);
  const full = Buffer.concat([
    plain.subarray(0, 3),
    Buffer.from([2 + 4 + 8 + 16]),
    plain.subarray(4, 10),
    fields,
    plain.subarray(10),
  ]);
  for (const piece of [1, 5, 100]) {
    expect(await through("DecompressionStream", "gzip", full, piece)).toBe(
      Buffer.from("hello").toString("base64"),
    );
  }
});

const changed = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 0x55;
  return copy;
};

test.each(
  FORMATS.flatMap((format) => {
    const packed = PACK[format](Buffer.from("hello hello hello"));
    const sums =
      format === "deflate-raw"
        ? []
        : ([
            ["another sum", changed(packed, -1)],
            ["another header", changed(packed, 0)],
          ] as const);
    return [
      ["cut off", packed.subarray(0, -1)] as const,
      ["nothing", Buffer.alloc(0)] as const,
      ["more behind the end", Buffer.concat([packed, Buffer.from([0])])] as const,
      ["noise", Buffer.alloc(100, 0xff)] as const,
      ...sums,
    ].map(([name, bytes]) => [format, name, bytes] as const);
  }),
)("%s refuses what is %s", async (format, _, bytes) => {
  expect(await through("DecompressionStream", format, bytes, 1_000)).toBe("TypeError");
  expect(await through("DecompressionStream", format, bytes, 1)).toBe("TypeError");
});

test("a bomb costs what is read of it", async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(200_000_000), { level: 9 });
  const ran = await run(
    pool,
    `async ({ input }) => {
      let size = 0;
      for await (const piece of new Blob([Uint8Array.fromBase64(input)]).stream().pipeThrough(new DecompressionStream("gzip"))) {
        size += piece.length;
        if (size > 5_000_000) break;
      }
      return size < 12_000_000;
    }`,
    {
      input: JSON.stringify(bomb.toString("base64")),
      limits: { memoryMb: 64, cpuSliceMs: 10_000, cpuTotalMs: 20_000 },
    },
  );
  expect(codeOf(ran)).toBe("completed");
  expect(resultOf(ran)).toBe(true);
});

test("what is no buffer, and a format that is none, is refused", async () => {
  const ran = await run(
    pool,
    `async () => [
      await new CompressionStream("gzip").writable.getWriter().write("text").catch((e) => e.name),
      (() => { try { new CompressionStream("zip"); } catch (e) { return e.name; } })(),
    ]`,
  );
  expect(resultOf(ran)).toEqual(["TypeError", "TypeError"]);
});
