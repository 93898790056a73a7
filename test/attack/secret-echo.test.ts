import { setImmediate as turn } from "node:timers/promises";
import type { ServerResponse } from "node:http";
import zlib from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { serve } from "#test/egress/server.ts";
import type { TestServer } from "#test/egress/server.ts";
import { resultOf, run, secret, startReachingPool } from "#test/host/sandbox-pool.ts";

/** Something for every encoding to spell differently, and a letter beyond ASCII that headers carry as Latin-1. */
const VALUE = "sk/live+é 4\"C&39=Hq'Ly%jW";
/** One that may stand in a header's name. */
const TOKEN = "sk_token_of_letters_77";

let pool: SandboxPool;
beforeAll(async () => {
  pool = await startReachingPool();
});
afterAll(async () => pool.close());

/** What guest code sees of answers, turned round so that nothing recognizes a value on its way here. */
interface Seen {
  readonly text: string;
  readonly head: string;
}

const turned = (text: string): string => Array.from(text).toReversed().join("");

const GUEST = `async (ctx) => {
  const turned = (text) => [...text].reverse().join("");
  const seen = [];
  for (const path of ctx.input.paths) {
    try {
      const response = await ctx.fetch(ctx.input.url + path, { redirect: path.startsWith("/manual") ? "manual" : "follow", headers: { "x-key": ctx.secrets.KEY, "x-token": ctx.secrets.TOKEN } });
      const { status, statusText, url } = response;
      const head = JSON.stringify([status, statusText, url, [...response.headers], response.headers.getSetCookie(), Object.keys(response)]);
      const text = response.headers.get("content-type") === "application/octet-stream" ? String.fromCharCode(...await response.bytes()) : await response.text();
      seen.push({ text: turned(text), head: turned(head) });
    } catch (error) {
      seen.push({ text: "", head: turned(JSON.stringify([error.name, error.message, error.code, error.stack, String(error.cause)])) });
    }
  }
  return seen;
}`;

async function look(
  server: TestServer,
  paths: readonly string[],
): Promise<{ seen: Seen[]; placeholders: string[] }> {
  const secrets = [
    secret("KEY", VALUE, { hosts: [server.pattern] }),
    secret("TOKEN", TOKEN, { hosts: [server.pattern] }),
  ];
  const ran = await run(pool, GUEST, {
    input: JSON.stringify({ url: server.origin, paths }),
    secrets,
    limits: { cpuSliceMs: 20_000, cpuTotalMs: 40_000, wallMs: 60_000 },
  });
  const seen = (resultOf(ran) as Seen[]).map(({ text, head }) => ({
    text: turned(text),
    head: turned(head),
  }));
  return { seen, placeholders: secrets.map(({ placeholder }) => placeholder) };
}

const inBase64 =
  (encoding: "base64" | "base64url", lead: number) =>
  (value: Buffer): string =>
    Buffer.concat([Buffer.alloc(lead, "~"), value, Buffer.from("~~")]).toString(encoding);

/** Every encoding of the design, for the bytes of a value. */
const SPELLINGS: Readonly<Record<string, (bytes: Buffer) => Buffer | string>> = {
  raw: (bytes) => bytes,
  "base64, 0": inBase64("base64", 0),
  "base64, 1": inBase64("base64", 1),
  "base64, 2": inBase64("base64", 2),
  "base64url, 0": inBase64("base64url", 0),
  "base64url, 1": inBase64("base64url", 1),
  "base64url, 2": inBase64("base64url", 2),
  hex: (bytes) => bytes.toString("hex"),
  HEX: (bytes) => bytes.toString("hex").toUpperCase(),
  URL: (bytes) => encodeURIComponent(bytes.toString()),
  "URL, every byte": (bytes) =>
    Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  form: (bytes) => new URLSearchParams({ v: bytes.toString() }).toString().slice(2),
  JSON: (bytes) => JSON.stringify(bytes.toString()),
  "JSON, ASCII": (bytes) =>
    JSON.stringify(bytes.toString()).replace(
      /[^\0-\x7f]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
};

const CODINGS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  "": (bytes) => bytes,
  gzip: (bytes) => zlib.gzipSync(bytes),
  deflate: (bytes) => zlib.deflateSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes),
  zstd: (bytes) => zlib.zstdCompressSync(bytes),
  "identity, gzip": (bytes) => zlib.gzipSync(bytes),
  "GZIP, br": (bytes) => zlib.brotliCompressSync(zlib.gzipSync(bytes)),
};

/** The value as UTF-8, and as the Latin-1 that the header brought. */
const BYTES = [Buffer.from(VALUE), Buffer.from(VALUE, "latin1")];

const bodies = Object.entries(SPELLINGS).flatMap(([name, spell]) =>
  BYTES.filter((_, at) => at === 0 || !/URL|form|JSON/.test(name)).map((bytes) => ({
    name,
    spelled: Buffer.from(spell(bytes)),
  })),
);

/** Pieces of a spelling that say more than its neighbours could: a few letters, and not the escapes alone. */
function survives(text: string, spelled: Buffer): string[] {
  const spellings = [spelled.toString(), spelled.toString("latin1")];
  return spellings.flatMap((whole) =>
    Array.from({ length: Math.max(0, whole.length - 7) }, (_, at) => whole.slice(at, at + 8)).filter(
      (part) => part.replace(/\W/g, "").length > 3 && text.includes(part),
    ),
  );
}

async function write(response: ServerResponse, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    response.write(piece);
    await turn();
  }
  response.end();
}

const around = (spelled: Buffer): Buffer =>
  Buffer.concat([Buffer.from("before |"), spelled, Buffer.from("| after")]);

function expectBlind({ text }: Seen, placeholder: string, { name, spelled }: (typeof bodies)[number]): void {
  expect(survives(text, spelled), `${name}: ${text}`).toEqual([]);
  expect(text, name).toContain(placeholder);
  expect(text.startsWith("before |"), name).toBe(true);
  expect(text.endsWith("| after"), name).toBe(true);
}

describe("a secret that a body repeats comes back as its placeholder", () => {
  test("in every encoding, from every content coding, byte by byte", { timeout: 120_000 }, async () => {
    const cases = bodies.flatMap((body) => Object.keys(CODINGS).map((coding) => ({ body, coding })));
    const server = await serve((got, response) => {
      const { body, coding } = cases[Number(got.url.slice(1))] ?? {};
      const bytes = CODINGS[coding ?? ""]?.(around(body?.spelled ?? Buffer.alloc(0))) ?? Buffer.alloc(0);
      response.writeHead(200, {
        "content-type": "application/octet-stream",
        ...(coding === "" ? {} : { "content-encoding": coding }),
      });
      void write(
        response,
        Array.from(bytes, (byte) => Buffer.from([byte])),
      );
    });
    const { seen, placeholders } = await look(
      server,
      cases.map((_, at) => `/${String(at)}`),
    );
    expect(server.received[0]?.headers["x-key"]).toBe(VALUE);
    seen.forEach((one, at) => {
      const { body } = cases[at] ?? {};
      if (body !== undefined) {
        expectBlind(one, placeholders[0] ?? "", body);
      }
    });
    expect(seen).toHaveLength(cases.length);
  });

  test("in every encoding, split in two at every position", { timeout: 120_000 }, async () => {
    const cases = bodies.flatMap((body) =>
      Array.from({ length: around(body.spelled).length - 1 }, (_, at) => ({ body, at: at + 1 })),
    );
    const server = await serve((got, response) => {
      const { body, at } = cases[Number(got.url.slice(1))] ?? {};
      const whole = around(body?.spelled ?? Buffer.alloc(0));
      response.writeHead(200, { "content-type": "application/octet-stream" });
      void write(response, [whole.subarray(0, at), whole.subarray(at)]);
    });
    const { seen, placeholders } = await look(
      server,
      cases.map((_, at) => `/${String(at)}`),
    );
    seen.forEach((one, at) => {
      const { body } = cases[at] ?? {};
      if (body !== undefined) {
        expectBlind(one, placeholders[0] ?? "", body);
      }
    });
    expect(seen.length).toBeGreaterThan(1_000);
  });

  test("whatever the server says of its encoding, or nothing that can be read comes", async () => {
    const echo = around(Buffer.from(VALUE));
    const server = await serve((got, response) => {
      const coding = decodeURIComponent(got.url.slice(1));
      const bytes =
        coding === "gzip, gzip, gzip, gzip"
          ? [0, 0, 0, 0].reduce<Buffer>((all) => zlib.gzipSync(all), echo)
          : echo;
      response.writeHead(200, { "content-encoding": coding }).end(bytes);
    });
    const codings = ["rot13", "identity", "gzip, gzip, gzip, gzip", "br"];
    const { seen, placeholders } = await look(
      server,
      codings.map((coding) => `/${encodeURIComponent(coding)}`),
    );
    const [unknown, identity, many, broken] = seen;
    for (const plain of [unknown, identity]) {
      expect(plain?.text).toBe(`before |${placeholders[0] ?? ""}| after`);
    }
    expect(many?.head).toMatch(/TENON_FETCH_FAILED/);
    expect(many?.text).toBe("");
    expect(broken?.head).toMatch(/TENON_FETCH_FAILED/);
  });
});

describe("a secret that a response's head repeats comes back as its placeholder", () => {
  const latin1 = (text: string): string => Buffer.from(text).toString("latin1");

  test("in values, names, status text, cookies, trailers, hints and where it leads", async () => {
    const server = await serve((got, response) => {
      if (got.url === "/name") {
        response
          .writeHead(200, [`X-${TOKEN}`, "1", `x-${TOKEN.toUpperCase()}-y`, "1", "x-kept", "yes"])
          .end();
      } else if (got.url === "/status") {
        response.writeHead(200, `is ${VALUE} fine`, {}).end();
      } else if (got.url === "/status-utf8") {
        response.writeHead(200, `is ${latin1(VALUE)} fine`, {}).end();
      } else if (got.url === "/trailers") {
        response.writeHead(200, { trailer: "x-echo" });
        response.write("body");
        response.addTrailers({ "x-echo": VALUE });
        response.end();
      } else if (got.url === "/hints") {
        response.writeEarlyHints({ link: `</${TOKEN}>; rel=preload`, "x-echo": TOKEN }, () =>
          response.end("body"),
        );
      } else if (got.url === "/follow") {
        response.writeHead(302, { location: `/end?key=${encodeURIComponent(VALUE)}#${TOKEN}` }).end();
      } else if (got.url.startsWith("/manual")) {
        response.writeHead(302, { location: latin1(`/end/${VALUE}?${TOKEN}`) }).end();
      } else {
        response.writeHead(
          200,
          [
            ["x-raw", VALUE],
            ["x-utf8", latin1(VALUE)],
            ["x-base64", Buffer.from(`u:${VALUE}`).toString("base64")],
            ["x-base64-latin1", Buffer.from(`u:${VALUE}`, "latin1").toString("base64url")],
            ["x-hex", Buffer.from(VALUE).toString("hex")],
            ["x-url", encodeURIComponent(VALUE)],
            ["x-json", JSON.stringify({ k: TOKEN })],
            ["set-cookie", `a=${VALUE}`],
            ["set-cookie", `b=${TOKEN}; Path=/`],
            ["www-authenticate", `Basic realm="${TOKEN}"`],
          ].flat(),
        );
        response.end();
      }
    });
    const paths = [
      "/values",
      "/name",
      "/status",
      "/status-utf8",
      "/trailers",
      "/hints",
      "/follow",
      "/manual",
    ];
    const { seen, placeholders } = await look(server, paths);
    const spelled = [
      ...bodies.map((body) => body.spelled),
      ...Object.values(SPELLINGS).map((spell) => Buffer.from(spell(Buffer.from(TOKEN)))),
    ];
    seen.forEach(({ head, text }, at) => {
      for (const one of spelled) {
        expect(survives(head.toLowerCase() + head + text, one), `${paths[at] ?? ""}: ${head}`).toEqual([]);
      }
    });
    const [values, name, lost, status, trailers, hints, follow, manual] = seen;
    expect(values?.head.split(/tnsec_[a-z]+_[0-9a-f]{32}/).length).toBeGreaterThan(10);
    expect(name?.head).toContain('["x-kept","yes"]');
    expect(lost?.head).toMatch(/^\[200,"",/);
    expect(status?.head).toContain(`is ${placeholders[0] ?? ""} fine`);
    expect([trailers?.text, hints?.text]).toEqual(["body", "body"]);
    expect(follow?.head).toContain(`/end?key=${placeholders[0] ?? ""}`);
    expect(manual?.head).toContain(placeholders[0]);
  });
});

describe("a server that repeats a whole request", () => {
  const url = (text: string): string => encodeURIComponent(text);
  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  const xml = (text: string): string =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll("'", "&apos;");
  /** How the value stands in the requests. */
  const carried = [VALUE, json(VALUE), json(json(VALUE)), xml(VALUE), url(VALUE), url(json(VALUE))];
  const repeat: Readonly<Record<string, (body: Buffer) => string>> = {
    raw: (body) => body.toString(),
    json: (body) => JSON.stringify({ data: body.toString() }),
    base64: (body) => JSON.stringify({ data: body.toString("base64") }),
    hex: (body) => body.toString("hex"),
  };

  test("does not give a value away by the way that it was carried", async () => {
    const server = await serve((got, response) => {
      const body = Buffer.from(got.body, "latin1");
      response.end(repeat[got.url.slice(1)]?.(body));
    });
    const key = secret("KEY", VALUE, { hosts: [server.pattern] });
    const ran = await run(
      pool,
      `async (ctx) => {
        const seen = [];
        for (const key of [ctx.secrets.KEY, "innocent"]) {
        const nested = (depth) => depth === 0 ? key : JSON.stringify({ a: nested(depth - 1) });
        const form = new FormData();
        form.append(key, key);
        form.append("payload", nested(3));
        form.append("file", new File([nested(2)], key + ".json", { type: "application/json" }));
        const bodies = [
          ["text/plain", key], ["application/json", nested(1)], ["application/json", nested(2)], ["application/json", nested(5)],
          ["text/plain", nested(6)], ["application/xml", "<a>" + key + "</a>"], ["application/octet-stream", key],
          ["application/x-www-form-urlencoded", "a=" + key + "&" + new URLSearchParams({ b: nested(1), c: nested(4) })], [null, form],
        ];
        for (const path of ctx.input.paths) {
          for (const [type, body] of bodies) {
            const headers = type === null ? {} : { "content-type": type };
            const response = await ctx.fetch(ctx.input.url + "/" + path, { method: "POST", headers, body });
            seen.push([...await response.text()].reverse().join(""));
          }
        }
        }
        return seen;
      }`,
      {
        input: JSON.stringify({ url: server.origin, paths: Object.keys(repeat) }),
        secrets: [key],
        limits: { cpuSliceMs: 20_000, cpuTotalMs: 40_000, wallMs: 60_000 },
      },
    );
    const all = (resultOf(ran) as string[]).map(turned);
    const [seen, innocent] = [all.slice(0, 36), all.slice(36)];
    expect(innocent).toHaveLength(36);
    const told = carried.flatMap((text) => {
      const bytes = Buffer.from(text);
      const leads = [0, 1, 2].map((lead) => inBase64("base64", lead)(bytes).slice(lead + 1, -4));
      return [text, json(text), bytes.toString("hex"), ...leads];
    });
    seen.forEach((text, at) => {
      for (const one of told) {
        // What the same request says without a secret is no part of it.
        const parts = survives(text, Buffer.from(one)).filter((part) => !innocent[at]?.includes(part));
        expect(parts, `${String(at)}: ${text}`).toEqual([]);
      }
    });
    const bodies = server.received.slice(0, 36).map(({ body }) => Buffer.from(body, "latin1"));
    expect(bodies.every((body) => carried.some((text) => body.includes(text)))).toBe(true);
  });
});
