import { Duplex, Readable, pipeline } from "node:stream";
import zlib from "node:zlib";

/**
 * Decodes the coding `deflate` in both meanings that servers give it: the zlib format, which RFC 9110 §8.4.1.2
 * asks for, and bare deflate data. The first byte tells them apart.
 */
export function createAnyInflate(options: zlib.ZlibOptions): Duplex {
  return Duplex.from(async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const chunks = source[Symbol.asyncIterator]();
    const first = await chunks.next();
    if (first.done === true) {
      return;
    }
    const wrapped = ((first.value[0] ?? 0) & 0x0f) === 8;
    const inflate = wrapped ? zlib.createInflate(options) : zlib.createInflateRaw(options);
    yield* pipeline(
      Readable.from(startingWith(first.value, chunks)),
      inflate,
      () => undefined,
    ) as AsyncIterable<Buffer>;
  });
}

async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    yield next.value;
  }
}
