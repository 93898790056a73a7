// META: title=Compression streams, after the Compression Standard
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested

const encoder = new TextEncoder();
const hex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const packed = {
  deflate: hex("789c4b4c4a4e494d4b07000adb02bd"),
  gzip: hex("1f8b08000000000000034b4c4a4e494d4b0700a66a2a3107000000"),
  "deflate-raw": hex("4b4c4a4e494d4b0700"),
};

const through = async (stream, ...chunks) => {
  const writer = stream.writable.getWriter();
  const writing = Promise.all([...chunks.map((chunk) => writer.write(chunk)), writer.close()]);
  writing.catch(() => {});
  const bytes = await new Response(stream.readable).bytes();
  await writing;
  return bytes;
};

for (const format of Object.keys(packed)) {
  promise_test(async () => {
    const text = "some text that repeats itself, ".repeat(2000);
    const bytes = await through(new CompressionStream(format), encoder.encode(text), encoder.encode("end"));
    assert_less_than(bytes.length, 1000);
    const back = await through(new DecompressionStream(format), bytes);
    assert_equals(new TextDecoder().decode(back), `${text}end`);
  }, `${format}: what was compressed is decompressed`);

  promise_test(async () => {
    assert_array_equals(
      await through(new DecompressionStream(format), await through(new CompressionStream(format))),
      [],
    );
  }, `${format}: nothing is compressed too`);

  promise_test(async () => {
    for (const chunks of [[packed[format]], Array.from(packed[format], (byte) => new Uint8Array([byte]))]) {
      const bytes = await through(new DecompressionStream(format), ...chunks);
      assert_greater_than(bytes.length, 0);
      assert_true(new TextDecoder().decode(bytes).startsWith("abcdefg"));
    }
  }, `${format}: the same in one chunk and in many`);

  promise_test(async () => {
    const { buffer } = packed[format];
    for (const chunk of [buffer, new DataView(buffer), new Int8Array(buffer)]) {
      assert_greater_than((await through(new DecompressionStream(format), chunk)).length, 0);
    }
  }, `${format}: any kind of buffer is a chunk`);

  promise_test(async (t) => {
    await promise_rejects_js(
      t,
      TypeError,
      through(new DecompressionStream(format), packed[format].slice(0, -1)),
    );
    await promise_rejects_js(t, TypeError, through(new DecompressionStream(format)));
    await promise_rejects_js(
      t,
      TypeError,
      through(new DecompressionStream(format), new Uint8Array(30).fill(255)),
    );
  }, `${format}: what is cut off, missing or something else is refused`);

  promise_test(async (t) => {
    await promise_rejects_js(
      t,
      TypeError,
      through(new DecompressionStream(format), packed[format], new Uint8Array(1)),
    );
  }, `${format}: what follows the end is refused`);

  for (const chunk of [undefined, null, 3, "text", {}, ["array"]]) {
    promise_test(
      async (t) => {
        for (const stream of [new CompressionStream(format), new DecompressionStream(format)]) {
          const writer = stream.writable.getWriter();
          const reading = stream.readable.getReader().read();
          await Promise.all([
            promise_rejects_js(t, TypeError, writer.write(chunk)),
            promise_rejects_js(t, TypeError, reading),
          ]);
        }
      },
      `${format}: a chunk that is ${JSON.stringify(chunk)} is refused`,
    );
  }
}

for (const [format, at] of [
  ["deflate", 0],
  ["deflate", -1],
  ["gzip", 0],
  ["gzip", 2],
  ["gzip", -1],
  ["gzip", -5],
]) {
  promise_test(async (t) => {
    const wrong = packed[format].slice();
    wrong[at < 0 ? wrong.length + at : at] ^= 0x55;
    await promise_rejects_js(t, TypeError, through(new DecompressionStream(format), wrong));
  }, `${format}: the byte ${at} must be right`);
}

for (const Kind of [CompressionStream, DecompressionStream]) {
  test(() => {
    assert_throws_js(TypeError, () => new Kind());
    assert_throws_js(TypeError, () => new Kind("zip"));
    assert_throws_js(TypeError, () => new Kind("GZIP"));
    assert_throws_js(
      Error,
      () =>
        new Kind({
          toString() {
            throw new Error("x");
          },
        }),
    );
    assert_throws_js(TypeError, () => Kind("gzip"));
  }, `${Kind.name} takes the formats of the standard only`);

  test(() => {
    const stream = new Kind("gzip");
    assert_true(stream.readable instanceof ReadableStream);
    assert_true(stream.writable instanceof WritableStream);
    assert_equals(Object.prototype.toString.call(stream), `[object ${Kind.name}]`);
    assert_throws_js(TypeError, () => Kind.prototype.readable);
  }, `${Kind.name} looks as Web IDL says`);
}
