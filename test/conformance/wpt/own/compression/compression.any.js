// Compression Standard: CompressionStream and DecompressionStream.
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested
const FORMATS = ["gzip", "deflate", "deflate-raw"];

async function through(stream, chunks) {
  const writer = stream.writable.getWriter();
  const writing = (async () => {
    for (const chunk of chunks) {
      await writer.write(chunk);
    }
    await writer.close();
  })();
  writing.catch(() => {});
  const parts = [];
  for await (const part of stream.readable) {
    assert_true(part instanceof Uint8Array);
    parts.push(...part);
  }
  await writing;
  return new Uint8Array(parts);
}

const bytes = (text) => new TextEncoder().encode(text);
const text = (given) => new TextDecoder().decode(given);

for (const format of FORMATS) {
  promise_test(async () => {
    const packed = await through(new CompressionStream(format), [bytes("a".repeat(1000)), bytes("b")]);
    assert_less_than(packed.length, 100);
    assert_equals(text(await through(new DecompressionStream(format), [packed])), `${"a".repeat(1000)}b`);
  }, `${format}: there and back`);

  promise_test(async () => {
    const packed = await through(new CompressionStream(format), []);
    assert_equals((await through(new DecompressionStream(format), [packed])).length, 0);
  }, `${format}: nothing there and back`);

  promise_test(async () => {
    const packed = await through(new CompressionStream(format), [bytes("chunks of one byte")]);
    const chunks = [...packed].map((byte) => new Uint8Array([byte]));
    assert_equals(text(await through(new DecompressionStream(format), chunks)), "chunks of one byte");
  }, `${format}: byte by byte`);

  promise_test(async () => {
    const packed = await through(new CompressionStream(format), [bytes("buffer").buffer]);
    assert_equals(text(await through(new DecompressionStream(format), [packed.buffer])), "buffer");
  }, `${format}: buffers as chunks`);

  promise_test(async (test) => {
    const packed = await through(new CompressionStream(format), [bytes("x")]);
    await promise_rejects_js(
      test,
      TypeError,
      through(new DecompressionStream(format), [packed.subarray(0, packed.length - 1)]),
    );
  }, `${format}: an end that is missing is an error`);

  promise_test(async (test) => {
    const packed = await through(new CompressionStream(format), [bytes("x")]);
    await promise_rejects_js(
      test,
      TypeError,
      through(new DecompressionStream(format), [packed, new Uint8Array([0])]),
    );
  }, `${format}: what follows the end is an error`);

  promise_test(async (test) => {
    await promise_rejects_js(
      test,
      TypeError,
      through(new DecompressionStream(format), [new Uint8Array([255, 255, 255, 255, 255])]),
    );
  }, `${format}: what is not of the format is an error`);

  for (const chunk of ["text", 1, null, undefined, {}, [1]]) {
    promise_test(
      async (test) => {
        await promise_rejects_js(test, TypeError, through(new CompressionStream(format), [chunk]));
        await promise_rejects_js(test, TypeError, through(new DecompressionStream(format), [chunk]));
      },
      `${format}: ${format_value(chunk)} is no chunk`,
    );
  }
}

test(() => {
  assert_throws_js(TypeError, () => new CompressionStream("zip"));
  assert_throws_js(TypeError, () => new CompressionStream());
  assert_throws_js(TypeError, () => new DecompressionStream("GZIP"));
}, "Formats that there are not");

promise_test(async () => {
  const data = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0, 0, 0];
  assert_equals(text(await through(new DecompressionStream("gzip"), [new Uint8Array(data)])), "hello");
}, "A file of gzip's own");

promise_test(async (test) => {
  const data = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 203, 72, 205, 201, 201, 7, 0, 0, 166, 16, 54, 5, 0, 0, 0];
  await promise_rejects_js(test, TypeError, through(new DecompressionStream("gzip"), [new Uint8Array(data)]));
}, "A wrong checksum is an error");
