import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEgress } from "#runtime/egress/fetch.ts";
import type { Egress, EgressRequest, EgressResponse, EgressSecret } from "#runtime/egress/fetch.ts";
import { TEST_CA } from "./certificate.ts";
import { bodyOf, rejection, request, secret, serve, streaming } from "./server.ts";

let egress: Egress;
beforeAll(() => {
  egress = createEgress({ allow: ["127.0.0.0/8"], ca: TEST_CA });
});
afterAll(() => egress.close());

const QUOTED = 'k"1\\2/3 &=<é>%';
const PLAIN = "sk_live/plain+value=";

/** Bytes in pieces of a size, and whether whoever made them was told that nobody wants more. */
function pieces(bytes: Uint8Array, size: number): { body: AsyncIterable<Uint8Array>; closed: () => boolean } {
  let closed = false;
  async function* made(): AsyncGenerator<Uint8Array> {
    try {
      for (let at = 0; at < bytes.length; at += size) {
        await Promise.resolve();
        yield bytes.subarray(at, at + size);
      }
    } finally {
      closed = true;
    }
  }
  return { body: made(), closed: () => closed };
}

const post = (
  url: string,
  body: AsyncIterable<Uint8Array>,
  given: Partial<EgressRequest> = {},
): EgressRequest => request(url, { method: "POST", body, ...given });

const multipart = (k: string): string =>
  `--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n${k}\r\n--b\r\ncontent-disposition: form-data; name="f"; filename="f"\r\ncontent-type: application/json\r\n\r\n{"k":"${k}"}\r\n--b--\r\n`;

const KINDS: readonly [type: string, text: (k: string) => string, expected: (value: string) => string][] = [
  ["application/octet-stream", (k) => `\0${k}${k} ${k.slice(0, -1)}`, (v) => `\0${v}${v} `],
  ["text/plain", (k) => `a ${k} b`, (v) => `a ${v} b`],
  [
    "application/json",
    (k) => JSON.stringify({ k, s: JSON.stringify([k]) }),
    (v) => JSON.stringify({ k: v, s: JSON.stringify([v]) }),
  ],
  [
    "application/x-www-form-urlencoded",
    (k) => `a=${k}&${k}=b`,
    (v) => `a=${encodeURIComponent(v)}&${encodeURIComponent(v)}=b`,
  ],
  [
    "multipart/form-data; boundary=b",
    multipart,
    (v) => multipart(v).replace(/{"k".*}/, JSON.stringify({ k: v })),
  ],
];

describe("a streaming body", () => {
  it.each(KINDS)(
    "of %s is filled wherever its chunks are cut",
    { timeout: 30_000 },
    async (type, text, expected) => {
      const server = await serve((_, response) => response.end(), { tls: true });
      for (const value of [PLAIN, QUOTED]) {
        const key = secret("KEY", value, [server.pattern]);
        // Ends as a placeholder begins; the beginning of another one is at every cut.
        const bytes = Buffer.from(text(key.placeholder));
        const wanted = expected(value) + (type.endsWith("octet-stream") ? key.placeholder.slice(0, -1) : "");
        for (let size = 1; size <= bytes.length; size += size < 45 ? 1 : 37) {
          const sent = pieces(bytes, size);
          await bodyOf(
            await egress.fetch(
              post(server.origin, sent.body, { secrets: [key], headers: [["content-type", type]] }),
            ),
          );
          const got = server.received.at(-1);
          expect(Buffer.from(got?.body ?? "", "latin1").toString(), `${type} by ${String(size)}`).toBe(
            wanted,
          );
          expect(got?.headers).toMatchObject({ "transfer-encoding": "chunked" });
          expect(sent.closed()).toBe(true);
        }
      }
    },
  );

  it("that is long waits for nothing, whatever it holds", async () => {
    const { promise: arrived, resolve } = Promise.withResolvers<string>();
    const server = await streaming((incoming, answer) => {
      let text = "";
      incoming.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (text.length > 250_000) {
          resolve(text);
        }
      });
      incoming.on("end", () => answer.end());
    });
    const key = secret("KEY", QUOTED, [server.pattern]);
    async function* made(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`["${key.placeholder}","`);
      yield Buffer.alloc(300_000, "x");
      expect((await arrived).startsWith(`[${JSON.stringify(QUOTED)},"xxx`)).toBe(true);
      yield Buffer.from('"]');
    }
    const headers = [["content-type", "application/json"]] as const;
    await bodyOf(await egress.fetch(post(server.origin, made(), { secrets: [key], headers })));
  });

  it("knows a placeholder that begins like another one", async () => {
    const server = await serve((_, response) => response.end());
    const short: EgressSecret = { ...secret("A", "short", [server.pattern]), placeholder: "tnsec_ab" };
    const long: EgressSecret = { ...secret("B", "long", [server.pattern]), placeholder: "tnsec_abcd" };
    const text = Buffer.from("tnsec_abcdtnsec_abctnsec_abtnsec_tnsec_abcdtnsec_ab");
    for (let size = 1; size <= text.length; size += 1) {
      const sent = pieces(text, size);
      await bodyOf(await egress.fetch(post(server.origin, sent.body, { secrets: [short, long] })));
      expect(server.received.at(-1)?.body).toBe("longshortcshorttnsec_longshort");
    }
  });

  it("passes while it is made: the server has the first piece before there is a second", async () => {
    const { promise: firstArrived, resolve } = Promise.withResolvers<string>();
    const server = await streaming((incoming, answer) => {
      incoming.once("data", (chunk: Buffer) => {
        resolve(chunk.toString());
      });
      incoming.on("end", () => answer.end("thanks"));
    });
    const key = secret("KEY", PLAIN, [server.pattern]);
    async function* made(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`one ${key.placeholder} two `);
      expect(await firstArrived).toBe(`one ${PLAIN} two `);
      yield Buffer.from("three");
    }
    expect(
      (await bodyOf(await egress.fetch(post(server.origin, made(), { secrets: [key] })))).toString(),
    ).toBe("thanks");
  });

  it("goes on while the response comes", async () => {
    const server = await streaming((incoming, answer) => {
      incoming.on("data", (chunk: Buffer) => answer.write(chunk.toString().toUpperCase()));
      incoming.on("end", () => answer.end());
    });
    const asked: ((text: string | null) => void)[] = [];
    async function* made(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("a");
      for (;;) {
        const text = await new Promise<string | null>((resolve) => asked.push(resolve));
        if (text === null) {
          return;
        }
        yield Buffer.from(text);
      }
    }
    const response = await egress.fetch(post(server.origin, made(), { allow: [server.pattern] }));
    const seen: string[] = [];
    const next = ["b", "c", null];
    for await (const chunk of response.body) {
      seen.push(Buffer.from(chunk).toString());
      asked.shift()?.(next.shift() ?? null);
    }
    expect(seen).toEqual(["A", "B", "C"]);
  });

  it("ends at its limit, filled or not", async () => {
    const server = await serve((_, response) => response.end());
    const allow = [server.pattern];
    const endless = pieces(Buffer.alloc(200_000), 1_000);
    expect(
      await rejection(egress.fetch(post(server.origin, endless.body, { allow, bodyLimit: 50_000 }))),
    ).toMatchObject({
      code: "TENON_TOO_LARGE",
    });
    expect(endless.closed()).toBe(true);
    const key = secret("KEY", "x".repeat(10_000), allow);
    const many = pieces(Buffer.from(key.placeholder.repeat(20)), 700);
    expect(
      await rejection(egress.fetch(post(server.origin, many.body, { secrets: [key], bodyLimit: 50_000 }))),
    ).toMatchObject({ code: "TENON_TOO_LARGE" });
    const exact = pieces(Buffer.alloc(50_000), 7_000);
    await bodyOf(await egress.fetch(post(server.origin, exact.body, { allow, bodyLimit: 50_000 })));
    expect(server.received.map(({ body }) => body.length)).toEqual([50_000]);
  });

  it("with a secret that the host may not have breaks off before it", async () => {
    const seen: string[] = [];
    const ended = Promise.withResolvers<null>();
    const server = await streaming((incoming) => {
      incoming.on("data", (chunk: Buffer) => seen.push(chunk.toString()));
      incoming.on("error", () => undefined);
      incoming.on("close", () => {
        ended.resolve(null);
      });
    });
    const key = secret("KEY", PLAIN, ["api.example.com"]);
    const sent = pieces(Buffer.from(`before ${key.placeholder} after`), 5);
    const failure = await rejection(
      egress.fetch(post(server.origin, sent.body, { secrets: [key], allow: [server.pattern] })),
    );
    expect(failure).toMatchObject({
      code: "TENON_SECRET_HOST",
      message: expect.stringMatching(/KEY.*127\.0\.0\.1/) as string,
    });
    expect(sent.closed()).toBe(true);
    await ended.promise;
    expect("before ".startsWith(seen.join(""))).toBe(true);
  });

  it.each([301, 302, 307, 308])("is not sent again after a redirect with %i", async (status) => {
    const server = await serve((_, response) => response.writeHead(status, { location: "/next" }).end());
    const sent = pieces(Buffer.from("payload"), 3);
    expect(
      await rejection(egress.fetch(post(server.origin, sent.body, { allow: [server.pattern] }))),
    ).toMatchObject({
      code: "TENON_FETCH_FAILED",
      message: expect.stringMatching(/stream cannot be sent twice/) as string,
    });
    expect(server.received.map(({ url, body }) => [url, body])).toEqual([["/", "payload"]]);
  });

  it("is left behind by a 303, and shown a redirect by hand", async () => {
    const server = await serve((got, response) => {
      response.writeHead(got.url === "/" ? 303 : 200, { location: "/next" }).end();
    });
    const allow = [server.pattern];
    const headers = [["content-type", "text/plain"]] as const;
    await bodyOf(
      await egress.fetch(post(server.origin, pieces(Buffer.from("x"), 1).body, { allow, headers })),
    );
    expect(server.received.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["POST", "/", "x"],
      ["GET", "/next", ""],
    ]);
    expect(server.received[1]?.headers).not.toHaveProperty("content-type");
    const shown = await egress.fetch(
      post(server.origin, pieces(Buffer.from("x"), 1).body, { allow, redirect: "manual" }),
    );
    expect(shown.status).toBe(303);
    await bodyOf(shown);
  });

  it("fails with the error of whoever makes it, and is cut off for the server", async () => {
    const aborted = Promise.withResolvers<boolean>();
    const server = await streaming((incoming) => {
      incoming.on("error", () => undefined).resume();
      incoming.on("close", () => {
        aborted.resolve(!incoming.complete);
      });
    });
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("half");
      await Promise.resolve();
      throw new DOMException("given up", "AbortError");
    }
    const failure = await rejection(egress.fetch(post(server.origin, broken(), { allow: [server.pattern] })));
    expect(failure).toMatchObject({ code: "TENON_FETCH_FAILED" });
    expect(await aborted.promise).toBe(true);
  });

  it(
    "that never goes on is given up with its request, and when nobody listens",
    { timeout: 5_000 },
    async () => {
      const server = await streaming((incoming) => incoming.on("error", () => undefined).resume());
      const stuck = (): { body: AsyncIterable<Uint8Array>; returned: Promise<unknown> } => {
        const { promise, resolve } = Promise.withResolvers<unknown>();
        let first = true;
        const iterator: AsyncIterator<Uint8Array> = {
          next: async () => {
            if (first) {
              first = false;
              return { done: false, value: Buffer.from("x") };
            }
            return new Promise<never>(() => undefined);
          },
          return: async () => {
            resolve(null);
            return Promise.resolve({ done: true, value: undefined });
          },
        };
        return { body: { [Symbol.asyncIterator]: () => iterator }, returned: promise };
      };
      const controller = new AbortController();
      const waiting = stuck();
      const pending = rejection(
        egress.fetch(
          post(server.origin, waiting.body, { allow: [server.pattern], signal: controller.signal }),
        ),
      );
      await once(server.server, "request");
      controller.abort(new Error("too late"));
      expect(await pending).toMatchObject({ message: "too late" });
      await waiting.returned;

      const refused = stuck();
      expect(
        await rejection(
          egress.fetch(post("http://127.0.0.1:1", refused.body, { allow: ["http://127.0.0.1:1"] })),
        ),
      ).toMatchObject({ code: "TENON_FETCH_FAILED" });
      await refused.returned;
      const denied = stuck();
      expect(await rejection(egress.fetch(post("http://127.0.0.1:1", denied.body)))).toMatchObject({
        code: "TENON_EGRESS_DENIED",
      });
      await denied.returned;
    },
  );

  it("that the server does not want ends early, with the server's answer", async () => {
    const server = await streaming((_, answer) => {
      answer.writeHead(413, { connection: "close" }).end("too much");
    });
    const sent = pieces(Buffer.alloc(5_000_000), 10_000);
    const response: EgressResponse = await egress.fetch(
      post(server.origin, sent.body, { allow: [server.pattern], bodyLimit: 10_000_000 }),
    );
    expect(response.status).toBe(413);
    expect((await bodyOf(response)).toString()).toBe("too much");
  });
});
