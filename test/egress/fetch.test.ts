import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import zlib from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEgress } from "#runtime/egress/fetch.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import { TEST_CA } from "./certificate.ts";
import { bodyOf, rejection, request, secret, serve } from "./server.ts";

let egress: Egress;
beforeAll(() => {
  egress = createEgress({ allow: ["127.0.0.0/8", "::1/128"], ca: TEST_CA });
});
afterAll(() => egress.close());

describe("a request", () => {
  it("arrives as it was made, less the headers that are the connection's own", async () => {
    const server = await serve((_, response) => {
      response.writeHead(
        201,
        "Made",
        [
          ["X-A", "1"],
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
        ].flat(),
      );
      response.end("body");
    });
    const response = await egress.fetch(
      request(`${server.origin}/path/%2e?q=a+b#fragment`, {
        method: "post",
        headers: [
          ["X-One", " 1 "],
          ["Host", "evil.example"],
          ["Transfer-Encoding", "chunked"],
          ["Content-Length", "9999"],
          ["Connection", "upgrade"],
          ["Expect", "100-continue"],
          ["Cookie", "c=3"],
        ],
        body: Buffer.from("hello"),
        allow: [server.pattern],
      }),
    );
    expect(response).toMatchObject({ status: 201, statusText: "Made", redirected: false });
    expect(response.url).toBe(`${server.origin}/path/?q=a+b`);
    expect(response.headers.filter(([name]) => name === "set-cookie")).toEqual([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
    expect((await bodyOf(response)).toString()).toBe("body");
    const [got] = server.received;
    expect(got).toMatchObject({ method: "POST", body: "hello", url: "/path/?q=a+b" });
    expect(got?.headers).toMatchObject({
      "x-one": "1",
      host: `127.0.0.1:${String(server.port)}`,
      "content-length": "5",
      cookie: "c=3",
      "user-agent": "Tenon",
    });
    expect(got?.headers).not.toHaveProperty("expect");
    expect(got?.headers).not.toHaveProperty("transfer-encoding");
  });

  it("goes over TLS with the certificate checked for the name", async () => {
    const server = await serve((_, response) => response.end("secure"), { tls: true });
    const byName = request(`https://localhost:${String(server.port)}/`, {
      allow: [`localhost:${String(server.port)}`],
    });
    expect((await bodyOf(await egress.fetch(byName))).toString()).toBe("secure");

    const untrusting = createEgress({ allow: ["127.0.0.0/8", "::1/128"] });
    const failure = await rejection(untrusting.fetch(byName));
    expect(failure).toMatchObject({ code: "TENON_FETCH_FAILED" });
    expect((failure as Error).message).toMatch(/not signed by a trusted authority|self-signed/);
    await untrusting.close();
  });

  it("reuses its connection", async () => {
    const server = await serve((_, response) => response.end("x"));
    for (let count = 0; count < 5; count += 1) {
      await bodyOf(await egress.fetch(request(server.origin, { allow: [server.pattern] })));
    }
    expect(server.connections()).toBeLessThan(5);
  });

  it("is refused before anything is sent when it is malformed", async () => {
    const server = await serve((_, response) => response.end());
    const allow = [server.pattern];
    const withUser = server.origin.replace("//", "//user:hunter2@");
    for (const bad of [
      request("not a url", { allow }),
      request("ftp://127.0.0.1/", { allow }),
      request("data:text/plain,x", { allow }),
      request(withUser, { allow }),
      request(server.origin, { allow, method: "CONNECT" }),
      request(server.origin, { allow, method: "TRACE" }),
      request(server.origin, { allow, method: "GET /\r\n" }),
      request(server.origin, { allow, body: Buffer.from("x") }),
      request(server.origin, { allow, headers: [["x", "a\r\nb: c"]] }),
      request(server.origin, { allow, headers: [["x: y\r\nz", "a"]] }),
      request(server.origin, { allow, headers: [["x", "ключ"]] }),
    ]) {
      const failure = await rejection(egress.fetch(bad));
      expect(failure).toMatchObject({ code: "TENON_FETCH_INVALID", fault: "caller" });
      expect((failure as Error).message).not.toContain("hunter2");
    }
    expect(server.received).toEqual([]);
  });

  it("to a host that nobody declared says which pattern is missing", async () => {
    expect(await rejection(egress.fetch(request("https://api.example.com/x?key=hunter2")))).toMatchObject({
      code: "TENON_EGRESS_DENIED",
      message: expect.stringMatching(/^(?!.*hunter2).*"api\.example\.com".*needs\.egress/) as string,
    });
  });

  it("may not have a body beyond its limit", async () => {
    const failure = await rejection(
      egress.fetch(request("http://127.0.0.1:1", { method: "POST", body: Buffer.alloc(11), bodyLimit: 10 })),
    );
    expect(failure).toMatchObject({ code: "TENON_TOO_LARGE" });
  });

  it("that cannot connect says why", async () => {
    const failure = await rejection(
      egress.fetch(request("http://127.0.0.1:1/", { allow: ["http://127.0.0.1:1"] })),
    );
    expect(failure).toMatchObject({ code: "TENON_FETCH_FAILED", fault: "passing" });
    expect((failure as Error).message).toContain("ECONNREFUSED");
  });

  it("that is answered with an upgrade nobody asked for fails", async () => {
    const server = await serve((_, response) =>
      response.socket?.write(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
      ),
    );
    const failed = await rejection(
      egress.fetch(request(server.origin, { allow: [server.pattern], method: "POST" })),
    );
    expect(failed).toMatchObject({ code: "TENON_FETCH_FAILED" });
  });

  it("to a server that hangs up or talks nonsense fails with a code", async () => {
    const hangsUp = await serve((_, response) => response.socket?.destroy());
    const failure = await rejection(
      egress.fetch(request(hangsUp.origin, { allow: [hangsUp.pattern], method: "POST" })),
    );
    expect(failure).toMatchObject({ code: "TENON_FETCH_FAILED" });
    expect((failure as Error).message).toMatch(/UND_ERR_SOCKET|ECONNRESET/);
    const nonsense = await serve((_, response) => response.socket?.end("HTTP/1.1 zzz\r\n\r\n"));
    expect(
      await rejection(egress.fetch(request(nonsense.origin, { allow: [nonsense.pattern] }))),
    ).toMatchObject({
      code: "TENON_FETCH_FAILED",
    });
  });
});

describe("a response body", () => {
  const text = Buffer.from("the quick brown fox ".repeat(500));
  const encoded: Readonly<Record<string, Buffer>> = {
    gzip: zlib.gzipSync(text),
    "x-gzip": zlib.gzipSync(text),
    deflate: zlib.deflateSync(text),
    "deflate, raw": zlib.deflateRawSync(text),
    br: zlib.brotliCompressSync(text),
    zstd: zlib.zstdCompressSync(text),
    "gzip, br": zlib.brotliCompressSync(zlib.gzipSync(text)),
  };

  for (const [name, bytes] of Object.entries(encoded)) {
    it(`is decoded from ${name}`, async () => {
      const coding = name.replace(", raw", "");
      const server = await serve((_, response) => {
        response.writeHead(200, { "content-encoding": coding, "content-length": bytes.length }).end(bytes);
      });
      const response = await egress.fetch(request(server.origin, { allow: [server.pattern] }));
      expect((await bodyOf(response)).equals(text)).toBe(true);
      expect(response.headers.map(([header]) => header)).not.toContain("content-encoding");
      expect(response.headers.map(([header]) => header)).not.toContain("content-length");
    });
  }

  it("stays as it is when its coding is unknown, or there is no body", async () => {
    const server = await serve((got, response) => {
      response.writeHead(200, { "content-encoding": got.method === "HEAD" ? "gzip" : "rot13" });
      response.end(got.method === "HEAD" ? undefined : "enpbba");
    });
    const plain = await egress.fetch(request(server.origin, { allow: [server.pattern] }));
    expect((await bodyOf(plain)).toString()).toBe("enpbba");
    expect(plain.headers).toContainEqual(["content-encoding", "rot13"]);
    const head = await egress.fetch(request(server.origin, { allow: [server.pattern], method: "HEAD" }));
    expect((await bodyOf(head)).length).toBe(0);
    expect(head.headers).toContainEqual(["content-encoding", "gzip"]);
  });

  it("that is not validly compressed fails with a code", async () => {
    const server = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end("no gzip"),
    );
    const response = await egress.fetch(request(server.origin, { allow: [server.pattern] }));
    expect(await rejection(bodyOf(response))).toMatchObject({ code: "TENON_FETCH_FAILED" });
  });

  it("beyond its limit fails at the limit", async () => {
    const server = await serve((_, response) => response.end(Buffer.alloc(2_000_000)));
    const response = await egress.fetch(request(server.origin, { allow: [server.pattern] }));
    expect(await rejection(bodyOf(response))).toMatchObject({ code: "TENON_TOO_LARGE" });
  });

  it("arrives while it is being sent, and ends when the signal does, with its reason", async () => {
    const server = await serve((_, response) => response.write("first"));
    const controller = new AbortController();
    const response = await egress.fetch(
      request(server.origin, { allow: [server.pattern], signal: controller.signal }),
    );
    const chunks = response.body[Symbol.asyncIterator]();
    expect(Buffer.from((await chunks.next()).value as Uint8Array).toString()).toBe("first");
    const next = rejection(chunks.next());
    controller.abort(new Error("the run was cancelled"));
    expect(await next).toMatchObject({ message: "the run was cancelled" });
  });

  it("ends the request before its headers when the signal does", async () => {
    const server = await serve(() => undefined);
    const controller = new AbortController();
    const pending = rejection(
      egress.fetch(request(server.origin, { allow: [server.pattern], signal: controller.signal })),
    );
    await delay(20);
    controller.abort(new Error("too late"));
    expect(await pending).toMatchObject({ message: "too late" });
    expect(
      await rejection(
        egress.fetch(request(server.origin, { allow: [server.pattern], signal: controller.signal })),
      ),
    ).toMatchObject({
      message: "too late",
    });
  });

  it("can be given up, which drops its connection", async () => {
    let dropped: Promise<unknown> | undefined;
    const server = await serve((_, response) => {
      dropped = once(response, "close");
      response.write("endless");
    });
    const response = await egress.fetch(request(server.origin, { allow: [server.pattern] }));
    response.cancel();
    await dropped;
    expect(server.received.length).toBe(1);
  });
});

describe("a secret", () => {
  it("takes its placeholder's place in path, query, headers, Basic credentials and bodies, encoded for each", async () => {
    const server = await serve((_, response) => response.end());
    const value = 'k/1 "é&%?#';
    const key = secret("KEY", value, [server.pattern]);
    const p = key.placeholder;
    const send = (given: Parameters<typeof request>[1], path = "/"): Promise<Buffer> =>
      egress.fetch(request(server.origin + path, { secrets: [key], method: "POST", ...given })).then(bodyOf);

    await send({}, `/a/${p}/b?x=${p}&y=1`);
    await send({ headers: [["x-key", `Token ${p}!`]] });
    await send({ headers: [["authorization", `Basic ${Buffer.from(`user:${p}`).toString("base64")}`]] });
    await send({
      headers: [["content-type", "application/json; charset=utf-8"]],
      body: Buffer.from(`{"k":"${p}"}`),
    });
    await send({
      headers: [["Content-Type", "application/x-www-form-urlencoded"]],
      body: Buffer.from(`k=${p}&l=1`),
    });
    await send({
      headers: [["content-type", "text/plain"]],
      body: Buffer.concat([Buffer.from([0, 255]), Buffer.from(p)]),
    });

    const [inUrl, inHeader, inBasic, inJson, inForm, inBytes] = server.received;
    expect(decodeURIComponent((inUrl?.url ?? "").split("?")[0] ?? "")).toBe(`/a/${value}/b`);
    expect(inUrl?.url).not.toMatch(/[ "é]/);
    expect(new URL(server.origin + (inUrl?.url ?? "")).searchParams.get("x")).toBe(value);
    expect(inHeader?.headers["x-key"]).toBe(`Token ${value}!`);
    expect(Buffer.from((inBasic?.headers.authorization ?? "").slice(6), "base64").toString()).toBe(
      `user:${value}`,
    );
    expect(JSON.parse(Buffer.from(inJson?.body ?? "", "latin1").toString())).toEqual({ k: value });
    expect(new URLSearchParams(inForm?.body).get("k")).toBe(value);
    expect(Buffer.from(inBytes?.body ?? "", "latin1")).toEqual(
      Buffer.concat([Buffer.from([0, 255]), Buffer.from(value)]),
    );
  });

  it("is not filled into what another secret brought, and a pasted newline does no harm in a header", async () => {
    const server = await serve((_, response) => response.end());
    const inner = secret("INNER", "inner-value\n", [server.pattern]);
    const outer = secret("OUTER", `outer ${inner.placeholder}`, [server.pattern]);
    const headers = [
      ["x-outer", outer.placeholder],
      ["x-inner", inner.placeholder],
    ] as const;
    await bodyOf(await egress.fetch(request(server.origin, { secrets: [outer, inner], headers })));
    expect(server.received[0]?.headers).toMatchObject({ "x-outer": outer.value, "x-inner": "inner-value" });
  });

  it("that no header can hold is refused by its name only", async () => {
    const server = await serve((_, response) => response.end());
    for (const value of ["line one\nline two", "ключ-ключ"]) {
      const key = secret("PEM", value, [server.pattern]);
      const failure = await rejection(
        egress.fetch(request(server.origin, { secrets: [key], headers: [["x-key", key.placeholder]] })),
      );
      expect(failure).toMatchObject({ code: "TENON_FETCH_INVALID" });
      expect((failure as Error).message).toContain("PEM");
      expect((failure as Error).message).not.toContain(value);
    }
    expect(server.received).toEqual([]);
  });
});
