import { expect, test } from "vitest";
import { ResponseStreams } from "#runtime/host/calls/streams.ts";
import { Upload } from "#runtime/host/calls/upload.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);

async function taken(upload: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of upload) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

test("a piece is answered when the next one is wanted, the last one at the end", async () => {
  const upload = new Upload(100);
  const iterator = upload[Symbol.asyncIterator]();
  let answered = false;
  const written = upload.write(bytes("one"), false).then((open) => {
    answered = true;
    return open;
  });
  expect((await iterator.next()).value).toEqual(bytes("one"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(answered).toBe(false);
  const next = iterator.next();
  expect(await written).toBe(true);
  const last = upload.write(bytes(""), true);
  expect((await next).done).toBe(true);
  expect(await last).toBe(false);
});

test("a second piece beside one that waits is not held", async () => {
  const upload = new Upload(100);
  const first = upload.write(bytes("one"), true);
  expect(await upload.write(bytes("two"), true)).toBe(false);
  expect(await taken(upload)).toBe("one");
  expect(await first).toBe(false);
});

test("what is closed before its end is an error, so that no beginning passes for the whole", async () => {
  const upload = new Upload(100);
  const written = upload.write(bytes("begin"), false);
  const reading = taken(upload);
  expect(await written).toBe(true);
  upload.close();
  await expect(reading).rejects.toThrow("given up");
  expect(await upload.write(bytes("more"), false)).toBe(false);
});

test("more than the limit is refused, however it is cut", async () => {
  const upload = new Upload(10);
  const reading = taken(upload);
  expect(await upload.write(bytes("123456"), false)).toBe(true);
  expect(await upload.write(bytes("12345"), false)).toBe(false);
  await expect(reading).rejects.toMatchObject({ code: "TENON_TOO_LARGE" });
});

test("pieces wait for a request that waits for its turn, and none waits for one that is over", async () => {
  const streams = new ResponseStreams();
  const early = streams.write(2, bytes("early"), { last: true, limit: 100 });
  const given = streams.write(3, bytes("in vain"), { last: true, limit: 100 });
  streams.cancel(3);
  expect(await given).toBe(false);
  expect(streams.begin(2).signal.aborted).toBe(false);
  expect(streams.begin(3).signal.aborted).toBe(true);
  expect(await taken(streams.upload(2, 100))).toBe("early");
  await early;
  streams.end(2);
  expect(await streams.write(2, bytes("late"), { last: false, limit: 100 })).toBe(false);
  expect(await streams.write(1, bytes("never begun"), { last: false, limit: 100 })).toBe(false);
});

test("the end of the run answers every piece", async () => {
  const streams = new ResponseStreams();
  streams.begin(1);
  void streams.upload(1, 100);
  const begun = streams.write(1, bytes("a"), { last: false, limit: 100 });
  const waiting = streams.write(2, bytes("b"), { last: false, limit: 100 });
  streams.cancelAll();
  expect(await Promise.all([begun, waiting])).toEqual([false, false]);
});
