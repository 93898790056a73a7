import { afterAll, beforeAll, describe, expect, it } from "vitest";
import zlib from "node:zlib";
import { createEgress } from "#runtime/egress/fetch.ts";
import type { Egress, EgressResponse } from "#runtime/egress/fetch.ts";
import { bodyOf, rejection, request, secret, serve } from "#test/egress/server.ts";
import type { TestServer } from "#test/egress/server.ts";

let open: Egress;
let closed: Egress;
beforeAll(() => {
  open = createEgress({ allow: ["127.0.0.0/8"] });
  closed = createEgress({ allow: [] });
});
afterAll(async () => {
  await Promise.all([open.close(), closed.close()]);
});

const VALUE = "sk_live_the_real_value_4242";

describe("addresses that are not public", () => {
  const hosts =
    `127.0.0.1 localhost localhost. LOCALHOST 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 127.1 0 0.0.0.0
    [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::]
    ⓛocalhost 127。0。0。1 １２７.0.0.1 127.0.0.1. 169.254.169.254 [fd00:ec2::254] 10.0.0.1 192.168.0.1`.split(
      /\s+/,
    );

  for (const host of hosts) {
    it(`are not dialled as ${host}`, async () => {
      const server = await serve((_, response) => response.end("reached"));
      const url = `http://${host}:${String(server.port)}/`;
      // Declared in every spelling, so that only the address check stands in the way.
      const allow = [`http://${new URL(url).hostname}:${String(server.port)}`];
      const failure = await rejection(closed.fetch(request(url, { allow })));
      expect(failure).toMatchObject({ code: "TENON_EGRESS_ADDRESS" });
      expect(server.connections()).toBe(0);
    });
  }

  it("are not dialled for a redirect either", async () => {
    const front = await serve((_, response) => {
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end();
    });
    const failure = await rejection(
      open.fetch(request(front.origin, { allow: [front.pattern, "http://169.254.169.254"] })),
    );
    expect(failure).toMatchObject({ code: "TENON_EGRESS_ADDRESS" });
  });

  it("ignore the proxies of the process environment", async () => {
    const proxy = await serve((_, response) => response.end("by proxy"));
    const server = await serve((_, response) => response.end("direct"));
    const saved = { ...process.env };
    Object.assign(process.env, {
      HTTP_PROXY: proxy.origin,
      http_proxy: proxy.origin,
      NODE_USE_ENV_PROXY: "1",
    });
    const fresh = createEgress({ allow: ["127.0.0.0/8"] });
    try {
      const response = await fresh.fetch(request(server.origin, { allow: [server.pattern] }));
      expect((await bodyOf(response)).toString()).toBe("direct");
      expect(proxy.received).toEqual([]);
    } finally {
      for (const name of ["HTTP_PROXY", "http_proxy", "NODE_USE_ENV_PROXY"]) {
        delete process.env[name];
      }
      Object.assign(process.env, saved);
      await fresh.close();
    }
  });
});

describe("a placeholder", () => {
  const everywhere = (server: TestServer, placeholder: string) => [
    request(`${server.origin}/${placeholder}`),
    request(`${server.origin}/?key=${placeholder}`),
    request(server.origin, { headers: [["authorization", `Bearer ${placeholder}`]] }),
    request(server.origin, {
      headers: [["authorization", `basic ${Buffer.from(`${placeholder}:`).toString("base64")}`]],
    }),
    request(server.origin, { method: "POST", body: Buffer.from(`{"key":"${placeholder}"}`) }),
  ];

  it("to a host that its secret is not bound to stops the request before a byte leaves", async () => {
    const stranger = await serve((_, response) => response.end());
    const bound = [
      "api.example.com",
      "*.0.0.1",
      `127.0.0.1:${String(stranger.port)}`,
      `http://127.0.0.1:${String(stranger.port + 1)}`,
    ];
    for (const hosts of [[], bound]) {
      const key = secret("KEY", VALUE, hosts);
      for (const one of everywhere(stranger, key.placeholder)) {
        const failure = await rejection(open.fetch({ ...one, allow: [stranger.pattern], secrets: [key] }));
        expect(failure).toMatchObject({ code: "TENON_SECRET_HOST" });
        expect((failure as Error).message).toMatch(/KEY.*127\.0\.0\.1/);
        expect((failure as Error).message).not.toContain(VALUE);
      }
    }
    expect(stranger.connections()).toBe(0);
  });

  it("does not travel over plain HTTP unless its binding says so", async () => {
    const server = await serve((_, response) => response.end());
    const key = secret("KEY", VALUE, [`127.0.0.1:${String(server.port)}`]);
    const plain = request(`${server.origin}/${key.placeholder}`, { secrets: [key], allow: [server.pattern] });
    expect(await rejection(open.fetch(plain))).toMatchObject({ code: "TENON_SECRET_HOST" });
    expect(server.connections()).toBe(0);
  });

  it("in the host of a URL is never filled in", async () => {
    const key = secret("KEY", "127", ["http://127.0.0.1"]);
    const failure = await rejection(
      open.fetch(request(`http://${key.placeholder}.0.0.1/`, { secrets: [key] })),
    );
    expect(failure).toMatchObject({
      code: expect.stringMatching(/^TENON_(EGRESS_DENIED|FETCH_INVALID)$/) as string,
    });
  });

  it("whose value leads up in a path is refused", async () => {
    const server = await serve((_, response) => response.end());
    for (const [value, path] of [
      ["../../admin", "/a/@/b"],
      ["..", "/a/@"],
      [".", "/a/@./b"],
      [".", "/a/%2E@/b"],
      [".", "/@"],
    ] as const) {
      const key = secret("KEY", value, [server.pattern]);
      const url = server.origin + path.replace("@", key.placeholder);
      expect(await rejection(open.fetch(request(url, { secrets: [key] })))).toMatchObject({
        code: "TENON_FETCH_INVALID",
      });
    }
    expect(server.connections()).toBe(0);
  });

  it("cannot be used to add headers or to change the target", async () => {
    const server = await serve((_, response) => response.end());
    const key = secret("KEY", "x\r\nhost: evil.example\r\n\r\nGET /second HTTP/1.1 admin?y#z", [
      server.pattern,
    ]);
    await bodyOf(
      await open.fetch(
        request(`${server.origin}/a/${key.placeholder}/b?q=${key.placeholder}`, { secrets: [key] }),
      ),
    );
    await rejection(
      open.fetch(request(server.origin, { secrets: [key], headers: [["x", key.placeholder]] })),
    );
    expect(server.received.length).toBe(1);
    expect(server.received[0]?.url).toMatch(
      /^\/a\/x%0D%0Ahost:%20evil\.example[^ ?]*%3Fy%23z\/b\?q=x%0D%0A[^ #]*$/,
    );
    expect(server.received[0]?.headers.host).toBe(`127.0.0.1:${String(server.port)}`);
  });
});

describe("redirects", () => {
  it("with the placeholder in a header stop where the secret is not bound", async () => {
    const stranger = await serve((_, response) => response.end("got it"));
    const api = await serve((_, response) =>
      response.writeHead(302, { location: `${stranger.origin}/x` }).end(),
    );
    const key = secret("KEY", VALUE, [api.pattern]);
    const allow = [stranger.pattern];
    const failure = await rejection(
      open.fetch(request(api.origin, { secrets: [key], allow, headers: [["x-api-key", key.placeholder]] })),
    );
    expect(failure).toMatchObject({ code: "TENON_SECRET_HOST" });
    expect(api.received[0]?.headers["x-api-key"]).toBe(VALUE);
    expect(stranger.connections()).toBe(0);
  });

  it("drop credentials on the way to another origin, and keep them on the same", async () => {
    const other = await serve((_, response) => response.end("other"));
    const api = await serve((got, response) => {
      response.writeHead(307, { location: got.url === "/" ? "/same" : other.origin }).end();
    });
    const key = secret("KEY", VALUE, [api.pattern]);
    const response = await open.fetch(
      request(api.origin, {
        secrets: [key],
        allow: [other.pattern],
        headers: [
          ["Authorization", `Bearer ${key.placeholder}`],
          ["Cookie", "session=1"],
          ["Proxy-Authorization", "Basic eDp5"],
          ["x-kept", "yes"],
        ],
      }),
    );
    expect((await bodyOf(response)).toString()).toBe("other");
    expect(response).toMatchObject({ redirected: true, url: `${other.origin}/` });
    expect(api.received.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${VALUE}`,
      `Bearer ${VALUE}`,
    ]);
    expect(other.received[0]?.headers).toMatchObject({ "x-kept": "yes" });
    for (const name of ["authorization", "cookie", "proxy-authorization"]) {
      expect(other.received[0]?.headers).not.toHaveProperty(name);
    }
  });

  it("that carry the real value to another host are stopped, in any spelling", async () => {
    const stranger = await serve((_, response) => response.end());
    const value = "sk/live+the real%value";
    for (const spelling of [
      value,
      encodeURIComponent(value),
      encodeURI(value),
      encodeURIComponent(value).toLowerCase(),
    ]) {
      const api = await serve((_, response) => {
        response.writeHead(302, { location: `${stranger.origin}/?leak=${spelling}` }).end();
      });
      const key = secret("KEY", value, [api.pattern]);
      const failure = await rejection(
        open.fetch(request(api.origin, { secrets: [key], allow: [stranger.pattern] })),
      );
      expect(failure).toMatchObject({ code: "TENON_SECRET_HOST" });
    }
    expect(stranger.connections()).toBe(0);
  });

  it("on the bound host fill the placeholder in again, and the URL shown keeps it", async () => {
    const api = await serve((got, response) => {
      if (got.url.startsWith("/first")) {
        response.writeHead(302, { location: `/second?key=${VALUE}` }).end();
      } else {
        response.end("done");
      }
    });
    const key = secret("KEY", VALUE, [api.pattern]);
    const response = await open.fetch(
      request(`${api.origin}/first?key=${key.placeholder}`, { secrets: [key] }),
    );
    await bodyOf(response);
    expect(api.received.map(({ url }) => url)).toEqual([`/first?key=${VALUE}`, `/second?key=${VALUE}`]);
    expect(response.url).toBe(`${api.origin}/second?key=${key.placeholder}`);
  });

  it("to hosts, schemes and URLs that may not be asked are refused", async () => {
    for (const [location, code] of [
      ["https://undeclared.example/", "TENON_EGRESS_DENIED"],
      ["//undeclared.example/", "TENON_EGRESS_DENIED"],
      ["file:///etc/passwd", "TENON_FETCH_INVALID"],
      ["javascript:alert(1)", "TENON_FETCH_INVALID"],
      ["http://user:pass@127.0.0.1/", "TENON_FETCH_INVALID"],
      ["http://[broken", "TENON_FETCH_INVALID"],
    ] as const) {
      const api = await serve((_, response) => response.writeHead(302, { location }).end());
      expect(await rejection(open.fetch(request(api.origin, { allow: [api.pattern] })))).toMatchObject({
        code,
      });
    }
  });

  it("end after twenty, and follow Fetch in method and body", async () => {
    const loop = await serve((got, response) => {
      response.writeHead(302, { location: `/${String(Number(got.url.slice(1)) + 1)}` }).end();
    });
    expect(await rejection(open.fetch(request(`${loop.origin}/0`, { allow: [loop.pattern] })))).toMatchObject(
      {
        code: "TENON_FETCH_FAILED",
      },
    );
    expect(loop.received.length).toBe(21);

    for (const [status, method, expected] of [
      [301, "POST", "GET"],
      [302, "POST", "GET"],
      [303, "PUT", "GET"],
      [303, "HEAD", "HEAD"],
      [302, "PUT", "PUT"],
      [307, "POST", "POST"],
      [308, "POST", "POST"],
    ] as const) {
      const server = await serve((got, response) => {
        response
          .writeHead(got.url === "/" ? status : 200, got.url === "/" ? { location: "/next" } : {})
          .end();
      });
      const body = method === "HEAD" ? null : Buffer.from("payload");
      const headers = [["content-type", "text/plain"]] as const;
      await bodyOf(
        await open.fetch(request(server.origin, { allow: [server.pattern], method, body, headers })),
      );
      const second = server.received[1];
      expect([status, second?.method, second?.body]).toEqual([
        status,
        expected,
        expected === method ? (body?.toString() ?? "") : "",
      ]);
      expect(second?.headers["content-type"]).toBe(expected === method ? "text/plain" : undefined);
    }
  });

  it("are shown with redirect: manual and refused with redirect: error", async () => {
    const server = await serve((_, response) => response.writeHead(302, { location: "/next" }).end());
    const allow = [server.pattern];
    const shown = await open.fetch(request(server.origin, { allow, redirect: "manual" }));
    expect(shown).toMatchObject({ status: 302, redirected: false });
    shown.cancel();
    expect(await rejection(open.fetch(request(server.origin, { allow, redirect: "error" })))).toMatchObject({
      code: "TENON_FETCH_FAILED",
    });
    expect(server.received.length).toBe(2);
  });
});

describe("a compression bomb", () => {
  const zeros = Buffer.alloc(200_000_000);
  const bombs: Readonly<Record<string, () => Buffer>> = {
    gzip: () => zlib.gzipSync(zeros, { level: 1 }),
    "gzip, gzip": () => zlib.gzipSync(zlib.gzipSync(zeros, { level: 1 }), { level: 1 }),
    deflate: () => zlib.deflateRawSync(zeros, { level: 1 }),
    br: () => zlib.brotliCompressSync(zeros, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
    zstd: () => zlib.zstdCompressSync(zeros),
    // Hundreds of times its size is undone, and what comes out of it in the end is nothing.
    "gzip, br": () => {
      const nothing = zlib.gzipSync(Buffer.alloc(0));
      return zlib.brotliCompressSync(Buffer.alloc(50_000_000, nothing), {
        params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 },
      });
    },
  };
  for (const [coding, build] of Object.entries(bombs)) {
    it(`of ${coding} costs its limit, not its size`, async () => {
      const bomb = build();
      const server = await serve((_, response) =>
        response.writeHead(200, { "content-encoding": coding }).end(bomb),
      );
      const before = process.memoryUsage().rss;
      const response = await open.fetch(request(server.origin, { allow: [server.pattern] }));
      expect(await rejection(bodyOf(response))).toMatchObject({ code: "TENON_TOO_LARGE" });
      expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    });
  }

  it("of bytes that come to nothing ends at the limit too", async () => {
    const nothing = Buffer.alloc(2_000_000, zlib.gzipSync(Buffer.alloc(0)));
    const server = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(nothing),
    );
    const response = await open.fetch(request(server.origin, { allow: [server.pattern] }));
    expect(await rejection(bodyOf(response))).toMatchObject({ code: "TENON_TOO_LARGE" });
  });
});

describe("a response whose codings are not all known", () => {
  it("is not passed on as it is: a value in it would not be recognized", async () => {
    const server = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip, unheard-of" }).end(zlib.gzipSync(VALUE)),
    );
    const asked = open.fetch(request(server.origin, { allow: [server.pattern] }));
    expect(await rejection(asked)).toMatchObject({ code: "TENON_FETCH_FAILED", reason: "CONTENT_ENCODING" });
  });
});

describe("who holds all connections to an origin", () => {
  it("holds up nobody but himself", async () => {
    const server = await serve((received, response) => {
      if (received.url === "/hold") {
        response.write("held");
      } else {
        response.end("free");
      }
    });
    const ask = async (path: string, tenant: string): Promise<EgressResponse> =>
      open.fetch(request(server.origin + path, { allow: [server.pattern], tenant }));
    const held = await Promise.all(Array.from({ length: 256 }, async () => ask("/hold", "greedy")));
    expect((await bodyOf(await ask("/", "another"))).toString()).toBe("free");
    for (const response of held) {
      response.cancel();
    }
  });
});
