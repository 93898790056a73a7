import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { streaming } from "#test/egress/server.ts";
import { resultOf, run, secret, startReachingPool } from "#test/host/sandbox-pool.ts";

let pool: SandboxPool;

beforeAll(async () => {
  pool = await startReachingPool();
});
afterAll(async () => pool.close());

type Options = Parameters<typeof run>[2];

/** Runs the body of an async function beside a real server; `url` is the server's. */
async function against(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
  body: string,
  options: Options = {},
): Promise<unknown> {
  const { origin, pattern } = await streaming((request, response) => {
    void answer(request, response);
  });
  const ran = await run(pool, `async (ctx) => { const url = ${JSON.stringify(origin)}; ${body} }`, {
    egress: [pattern],
    ...options,
  });
  return resultOf(ran);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

const echo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  response.end(JSON.stringify({ text: await textOf(request), headers: request.headers }));
};

describe("a body that is a stream", () => {
  test("arrives piece by piece, each before the next one is made", async () => {
    const first = Promise.withResolvers<undefined>();
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      if (request.url === "/first-came") {
        await first.promise;
        response.end();
        return;
      }
      request.once("data", () => {
        first.resolve(undefined);
      });
      await echo(request, response);
    };
    const result = await against(
      answer,
      `const encoder = new TextEncoder();
       let made = 0;
       const body = new ReadableStream({ async pull(controller) {
         made += 1;
         if (made === 2) await ctx.fetch(url + "/first-came");
         if (made === 3) controller.close(); else controller.enqueue(encoder.encode("piece " + made + ";"));
       } }, { highWaterMark: 0 });
       return (await ctx.fetch(url, { method: "POST", body, duplex: "half" })).json();`,
    );
    expect(result).toMatchObject({
      text: "piece 1;piece 2;",
      headers: { "transfer-encoding": "chunked" },
    });
  });

  test("waits for a server that does not read", async () => {
    const result = await against(
      (request) => {
        request.pause();
      },
      `let made = 0;
       const body = new ReadableStream({ pull(controller) { made += 1; controller.enqueue(new Uint8Array(65536)); } });
       const error = await ctx.fetch(url, { method: "POST", body, duplex: "half", signal: AbortSignal.timeout(1500) }).catch((e) => e);
       return { name: error.name, megabytes: made / 16 };`,
      { limits: { bodyBytes: 100_000_000 } },
    );
    expect(result).toMatchObject({ name: "TimeoutError" });
    expect((result as { megabytes: number }).megabytes).toBeLessThan(30);
  });

  test("is bounded by the limit of a body", async () => {
    const closed = Promise.withResolvers<boolean>();
    const result = await against(
      (request) => {
        request.resume().on("close", () => {
          closed.resolve(request.complete);
        });
      },
      `const body = new ReadableStream({ pull(controller) { controller.enqueue(new Uint8Array(100_000)); } });
       const error = await ctx.fetch(url, { method: "POST", body, duplex: "half" }).catch((e) => e);
       return [error.code, error.message];`,
    );
    expect(result).toEqual(["TENON_TOO_LARGE", expect.stringContaining("1000000 bytes") as unknown]);
    expect(await closed.promise).toBe(false);
  });

  test("is sent by more requests at once than have their turn", async () => {
    const result = await against(
      echo,
      `const send = (n) => ctx.fetch(url, { method: "PUT", duplex: "half",
         body: ReadableStream.from((async function* () { for (let i = 0; i < 5; i++) { await new Promise((r) => setTimeout(r, 1)); yield new TextEncoder().encode(n + ","); } })()) });
       const texts = await Promise.all(Array.from({ length: 25 }, async (_, n) => (await (await send(n)).json()).text));
       return texts.every((text, n) => text === (n + ",").repeat(5)) && texts.length;`,
    );
    expect(result).toBe(25);
  });

  test("is never sent when it is given up while it waits for its turn", async () => {
    const asked: string[] = [];
    const aborted = Promise.withResolvers<undefined>();
    const result = await against(
      async (request, response) => {
        asked.push(request.url ?? "");
        await aborted.promise;
        response.end();
      },
      `const controller = new AbortController();
       const busy = Array.from({ length: 10 }, (_, n) => ctx.fetch(url + "/" + n));
       const late = ctx.fetch(url + "/late", { method: "POST", body: "x", signal: controller.signal }).catch((e) => e.name);
       controller.abort();
       ctx.log.info("aborted");
       await Promise.all(busy);
       return [await late, (await ctx.fetch(url + "/now")).status];`,
      {
        // A log line needs no turn.
        onLog: async () => {
          aborted.resolve(undefined);
        },
      },
    );
    expect(result).toEqual(["AbortError", 200]);
    expect(asked).not.toContain("/late");
  });

  test("is given up when the server answers before it has come", async () => {
    const result = await against(
      (_, response) => {
        response.writeHead(413, { connection: "close" }).end("no");
      },
      `const cancelled = Promise.withResolvers();
       const body = new ReadableStream({ start(controller) { controller.enqueue(new Uint8Array(10)); }, cancel() { cancelled.resolve("cancelled"); } });
       const response = await ctx.fetch(url, { method: "POST", body, duplex: "half" });
       return [response.status, await response.text(), await cancelled.promise];`,
    );
    expect(result).toEqual([413, "no", "cancelled"]);
  });

  test("breaks the request off when it fails or is no stream of bytes", async () => {
    const closes = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()];
    const left = [...closes];
    const result = await against(
      (request) => {
        const close = left.shift();
        request.on("error", () => undefined);
        request.resume().on("close", () => {
          close?.resolve(request.complete);
        });
      },
      `const send = (body) => ctx.fetch(url, { method: "POST", body, duplex: "half" }).catch((e) => [e.name, e.message]);
       const failing = (last) => { let n = 0; return new ReadableStream({ pull(c) { n += 1; if (n < 3) c.enqueue(new Uint8Array(5)); else last(c); } }); };
       return [await send(failing(() => { throw new RangeError("mine"); })), await send(failing((c) => { c.enqueue("text"); }))];`,
    );
    expect(result).toEqual([
      ["RangeError", "mine"],
      ["TypeError", "A body's stream must give Uint8Arrays."],
    ]);
    expect(await Promise.all(closes.map(({ promise }) => promise))).toEqual([false, false]);
  });

  test("is not sent a second time along a redirect", async () => {
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const text = await textOf(request);
      const status = Number(request.url?.slice(1));
      if (Number.isNaN(status)) {
        response.end(`${request.method ?? ""} ${text}`);
      } else {
        response.writeHead(status, { location: "/end" }).end();
      }
    };
    const result = await against(
      answer,
      `const send = (status) => ctx.fetch(url + "/" + status, { method: "POST", body: new Blob(["abc"]).stream(), duplex: "half" }).then((r) => r.text(), (e) => e.name);
       return [await send(303), await send(307), await send(308)];`,
    );
    expect(result).toEqual(["GET ", "TypeError", "TypeError"]);
  });

  test("has its placeholders filled across pieces, and what comes back has them again", async () => {
    let received = "";
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      received = await textOf(request);
      response.write(received.slice(0, 12));
      setImmediate(() => response.end(received.slice(12)));
    };
    const { origin, pattern } = await streaming((request, response) => {
      void answer(request, response);
    });
    const key = secret("API_KEY", "hunter2-hunter2", { hosts: [pattern] });
    const ran = await run(
      pool,
      `async (ctx) => {
        const bytes = new TextEncoder().encode("key=" + ctx.secrets.API_KEY + ";");
        const body = ReadableStream.from((function* () { for (const byte of bytes) yield new Uint8Array([byte]); })());
        const response = await ctx.fetch(${JSON.stringify(origin)}, { method: "POST", body, duplex: "half" });
        return (await response.text()) === "key=" + ctx.secrets.API_KEY + ";";
      }`,
      { secrets: [key] },
    );
    expect(received).toBe("key=hunter2-hunter2;");
    expect(resultOf(ran)).toBe(true);
  });
});

describe("an abort reaches the server", () => {
  const cases: [phase: string, answer: (response: ServerResponse) => void, init: string, after: string][] = [
    ["before it answers", () => undefined, "{ signal }", "controller.abort(new Error('enough'));"],
    [
      "while the body goes up",
      () => undefined,
      "{ signal, method: 'POST', duplex: 'half', body: new ReadableStream({ start(c) { c.enqueue(new Uint8Array(9)); } }) }",
      "controller.abort(new Error('enough'));",
    ],
    [
      "while the body comes",
      (response) => response.write("some"),
      "{ signal }",
      "const response = await asked; const read = response.text(); controller.abort(new Error('enough')); await read;",
    ],
    [
      "while the stream is read",
      (response) => response.write("some"),
      "{ signal }",
      "const response = await asked; const reader = response.body.getReader(); await reader.read(); controller.abort(new Error('enough')); await reader.read();",
    ],
    [
      "while nobody reads",
      (response) => response.write("some"),
      "{ signal }",
      "const response = await asked; const { body } = response; controller.abort(new Error('enough')); await body.getReader().closed;",
    ],
  ];
  test.each(cases)("%s", async (_, answer, init, after) => {
    const arrived = Promise.withResolvers<undefined>();
    const closed = Promise.withResolvers<boolean>();
    const result = await against(
      (request, response) => {
        request.resume();
        response.on("close", () => {
          closed.resolve(response.writableFinished);
        });
        answer(response);
        arrived.resolve(undefined);
      },
      `const controller = new AbortController(); const { signal } = controller;
       const asked = ctx.fetch(url, ${init});
       asked.catch(() => {});
       await ctx.reveal("ARRIVAL");
       try { ${after} await asked; return "not aborted"; } catch (error) { return error.message; }`,
      {
        // A host call that returns when the request is there.
        secrets: [secret("ARRIVAL", "of-the-request", { reveal: true })],
        onSecretUse: async () => {
          await arrived.promise;
        },
      },
    );
    expect(result).toBe("enough");
    expect(await closed.promise).toBe(false);
  });
});
