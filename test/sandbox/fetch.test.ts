import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { streaming } from "#test/egress/server.ts";
import { resultOf, run, startReachingPool } from "#test/host/sandbox-pool.ts";

let pool: SandboxPool;

beforeAll(async () => {
  pool = await startReachingPool();
});
afterAll(async () => pool.close());

/** Runs the body of an async function beside a real server; `url` is the server's. */
async function against(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  body: string,
): Promise<unknown> {
  const { origin, pattern } = await streaming(answer);
  const ran = await run(pool, `async (ctx) => { const url = ${JSON.stringify(origin)}; ${body} }`, {
    egress: [pattern, "http://127.0.0.1:1"],
  });
  return resultOf(ran);
}

const unasked = (): void => {
  throw new Error("Nobody was to ask the server.");
};

describe("a response", () => {
  test("comes piece by piece, each when the one before was read", async () => {
    let next: (() => void)[] = [];
    const result = await against(
      (request, response) => {
        if (request.url === "/next") {
          next.shift()?.();
          response.end();
          return;
        }
        next = [() => response.write("two"), () => response.end("three")];
        response.write("one");
      },
      `const decoder = new TextDecoder(); const seen = [];
       const response = await ctx.fetch(url);
       for await (const piece of response.body) { seen.push(decoder.decode(piece)); await ctx.fetch(url + "/next"); }
       return [seen, response.bodyUsed, response.type, response.url === url + "/"];`,
    );
    expect(result).toEqual([["one", "two", "three"], true, "basic", true]);
  });

  test("is read into a buffer of the reader's own", async () => {
    const result = await against(
      (_, response) => response.end("abcdef"),
      `const reader = (await ctx.fetch(url)).body.getReader({ mode: "byob" });
       const { value, done } = await reader.read(new Uint8Array(4));
       const rest = await reader.read(new Uint8Array(9), { min: 2 });
       return [[...value], done, [...rest.value], (await reader.read(new Uint8Array(1))).done];`,
    );
    expect(result).toEqual([[97, 98, 99, 100], false, [101, 102], true]);
  });

  test("is dropped with its connection when its stream is cancelled", async () => {
    const closed = Promise.withResolvers<boolean>();
    const result = await against((_, response) => {
      response.on("close", () => {
        closed.resolve(response.writableFinished);
      });
      response.write("some");
    }, `const response = await ctx.fetch(url); for await (const piece of response.body) break; return response.bodyUsed;`);
    expect(result).toBe(true);
    expect(await closed.promise).toBe(false);
  });

  test("can be cloned while it comes, and each copy is read by itself", async () => {
    const result = await against(
      (request, response) => {
        if (request.url === "/whole") {
          response.end("whole");
          return;
        }
        response.write("in ");
        setImmediate(() => response.end("pieces"));
      },
      `const [one, two] = await Promise.all([ctx.fetch(url), ctx.fetch(url + "/whole")]);
       const copies = [one.clone(), two.clone()];
       return [await one.text(), await copies[0].text(), await two.text(), await copies[1].text(), (await one.text().catch((e) => e)).name, (() => { try { two.clone(); } catch (e) { return e.name; } })()];`,
    );
    expect(result).toEqual(["in pieces", "in pieces", "whole", "whole", "TypeError", "TypeError"]);
  });

  test("to HEAD, and one that says so by its status, has no body", async () => {
    const result = await against(
      (request, response) => {
        response.writeHead(request.url === "/empty" ? 204 : 200, { "x-length": "5" }).end();
      },
      `const head = await ctx.fetch(url, { method: "HEAD" }); const empty = await ctx.fetch(url + "/empty");
       return [head.body, head.headers.get("x-length"), empty.body, await empty.text()];`,
    );
    expect(result).toEqual([null, "5", null, ""]);
  });

  test("cannot have its headers changed, and keeps each Set-Cookie", async () => {
    const result = await against(
      (_, response) => {
        response.writeHead(
          200,
          [
            ["Set-Cookie", "a=1"],
            ["Set-Cookie", "b=2"],
            ["X-Many", "1"],
            ["X-Many", "2"],
          ].flat(),
        );
        response.end();
      },
      `const { headers } = await ctx.fetch(url);
       try { headers.set("a", "b"); } catch (error) { return [error.name, headers.getSetCookie(), headers.get("x-many")]; }`,
    );
    expect(result).toEqual(["TypeError", ["a=1", "b=2"], "1, 2"]);
  });

  test("is refused when it has not the integrity that was asked for", async () => {
    const sha = (name: string, text: string): string =>
      `${name}-${createHash(name).update(text).digest("base64")}`;
    const result = await against(
      (_, response) => response.end("hello"),
      `const get = (integrity) => ctx.fetch(url, { integrity }).then((r) => r.text(), (e) => e.message);
       return [await get("${sha("sha256", "hello")}"), await get("${sha("sha256", "hello")} ${sha("sha512", "other")}"),
         await get("${sha("sha384", "x")} ${sha("sha384", "hello")}?a"), await get("${sha("sha256", "other")}"), await get("md5-unknown")];`,
    );
    expect(result).toEqual(["hello", "fetch failed", "hello", "fetch failed", "hello"]);
  });

  test("that breaks off rejects whoever reads it", async () => {
    const result = await against(
      (_, response) => {
        response.write("some", () => response.destroy());
      },
      `const whole = await (await ctx.fetch(url)).text().catch((e) => e);
       const reader = (await ctx.fetch(url)).body.getReader();
       const read = await (async () => { for (;;) await reader.read(); })().catch((e) => e);
       return [whole, read].map((e) => [e.name, e.message, e.code, e.cause.code]);`,
    );
    const error = ["TypeError", "terminated", "TENON_FETCH_FAILED", "UND_ERR_SOCKET"];
    expect(result).toEqual([error, error]);
  });
});

describe("a fetch that fails", () => {
  test("says so as in Node, with the reason as the cause and a code that ends the run", async () => {
    const result = await against(
      unasked,
      `const error = await fetch("http://127.0.0.1:1/").catch((e) => e);
       return [error instanceof TypeError, error.message, error.code, error.reason, error.cause instanceof Error, error.cause.code, error.cause.message];`,
    );
    expect(result).toEqual([
      true,
      "fetch failed",
      "TENON_FETCH_FAILED",
      "ECONNREFUSED",
      true,
      "ECONNREFUSED",
      expect.stringContaining("the connection was refused") as unknown,
    ]);
  });

  test("says what is not allowed in the words of the refusal", async () => {
    const result = await against(
      unasked,
      'const error = await fetch("https://elsewhere.example/").catch((e) => e); return [error.name, error.code, error.message];',
    );
    expect(result).toEqual([
      "TypeError",
      "TENON_EGRESS_DENIED",
      expect.stringContaining("needs.egress") as unknown,
    ]);
  });

  test.each([
    ["a relative URL", '"/path"', ""],
    ["credentials in the URL", '"https://a:b@example.com/"', ""],
    ["a body with GET", "url", "{ body: 'x' }"],
    ["a method that is none", "url", "{ method: 'a b' }"],
    ["a method that is forbidden", "url", "{ method: 'CONNECT' }"],
    ["a stream without duplex", "url", "{ method: 'POST', body: new ReadableStream() }"],
    ["a signal that is none", "url", "{ signal: {} }"],
    ["a redirect mode that is none", "url", "{ redirect: 'maybe' }"],
    ["a header of two lines", "url", "{ headers: { a: 'b\\nc' } }"],
  ])("before anything is sent: %s", async (_, url, init) => {
    const call = `fetch(${url}${init === "" ? "" : `, ${init}`})`;
    expect(await against(unasked, `return (await ${call}.catch((e) => e)).name;`)).toBe("TypeError");
  });

  test("with an aborted signal asks nobody", async () => {
    const body = `let cancelled = false;
      const stream = new ReadableStream({ cancel() { cancelled = true; } });
      const aborted = { signal: AbortSignal.abort(), method: "POST", duplex: "half", body: stream };
      return [(await fetch(url, { signal: AbortSignal.abort() }).catch((e) => e)).name, (await fetch(url, aborted).catch((e) => e)).name, cancelled];`;
    expect(await against(unasked, body)).toEqual(["AbortError", "AbortError", true]);
  });
});

describe("what is fetched from nobody", () => {
  test("is in a data: URL", async () => {
    const result = await against(
      unasked,
      `const read = async (given) => { const r = await fetch(given); return [r.headers.get("content-type"), [...await r.bytes()]]; };
       return [await read("data:,a%20b"), await read("data:text/html;charset=utf-8;base64,aGk="), (await fetch("data:x").catch((e) => e)).message];`,
    );
    expect(result).toEqual([
      ["text/plain;charset=US-ASCII", [97, 32, 98]],
      ["text/html;charset=utf-8", [104, 105]],
      "fetch failed",
    ]);
  });

  test("is behind a blob: URL, until that is revoked", async () => {
    const result = await against(
      unasked,
      `const made = URL.createObjectURL(new Blob(["hi"], { type: "text/x" }));
       const response = await fetch(made);
       URL.revokeObjectURL(made);
       return [response.headers.get("content-type"), await response.text(), (await fetch(made).catch((e) => e)).name];`,
    );
    expect(result).toEqual(["text/x", "hi", "TypeError"]);
  });
});

describe("what is sent", () => {
  const echo = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () =>
      response.end(
        JSON.stringify({
          type: request.headers["content-type"] ?? null,
          length: request.headers["content-length"] ?? null,
          body: Buffer.concat(chunks).toString("latin1"),
        }),
      ),
    );
  };

  test.each([
    ["'ü'", "text/plain;charset=UTF-8", "Ã¼"],
    ["new URLSearchParams({ a: 'b c' })", "application/x-www-form-urlencoded;charset=UTF-8", "a=b+c"],
    ["new Blob(['x', new Uint8Array([255])], { type: 'a/b' })", "a/b", "x\xff"],
    ["new Uint8Array([1, 2, 3]).subarray(1)", null, "\x02\x03"],
    ["new DataView(new ArrayBuffer(1))", null, "\0"],
  ])("is what the body is made of: %s", async (made, type, body) => {
    const sent = await against(
      echo,
      `return (await ctx.fetch(url, { method: "POST", body: ${made} })).json();`,
    );
    expect(sent).toEqual({ type, length: String(body.length), body });
  });

  test("is a form with files, which is read back as it was", async () => {
    const sent = await against(
      echo,
      `const form = new FormData();
       form.append("text", "line\\nline"); form.append('na"me', "ü");
       form.append("file", new File([new Uint8Array([0, 255, 13, 10, 45, 45])], "schön.bin", { type: "application/x-thing" }));
       const { type, body } = await (await ctx.fetch(url, { method: "POST", body: form })).json();
       const bytes = Uint8Array.from(body, (c) => c.charCodeAt(0));
       const back = await new Response(bytes, { headers: { "content-type": type } }).formData();
       const file = back.get("file");
       return [back.get("text"), back.get('na"me'), file.name, file.type, [...await file.bytes()], file instanceof File];`,
    );
    expect(sent).toEqual([
      "line\r\nline",
      "ü",
      "schön.bin",
      "application/x-thing",
      [0, 255, 13, 10, 45, 45],
      true,
    ]);
  });

  test("is a request, once: its body is used then", async () => {
    const sent = await against(
      echo,
      `const request = new Request(url, { method: "POST", body: "once", headers: { "content-type": "a/b" } });
       const copy = request.clone();
       const first = await (await ctx.fetch(request)).json();
       return [first, request.bodyUsed, (await ctx.fetch(request).catch((e) => e)).name, await copy.text()];`,
    );
    expect(sent).toEqual([{ type: "a/b", length: "4", body: "once" }, true, "TypeError", "once"]);
  });
});
