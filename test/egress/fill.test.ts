import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEgress } from "#runtime/egress/fetch.ts";
import type { Egress, EgressSecret } from "#runtime/egress/fetch.ts";
import { TEST_CA } from "./certificate.ts";
import { bodyOf, rejection, request, secret, serve } from "./server.ts";
import type { Received } from "./server.ts";

let egress: Egress;
beforeAll(() => {
  egress = createEgress({ allow: ["127.0.0.0/8"], ca: TEST_CA });
});
afterAll(() => egress.close());

/** Everything that some encoding spells differently. */
const VALUE = "k\"1\\2/3 &=<é>%+'#?\t密";
const OTHER = "second-value";

type Make = (key: string, other: string) => Partial<Parameters<typeof request>[1]> & { path?: string };

/** What a TLS server got of a request that is made with placeholders. */
async function received(make: Make, values = [VALUE, OTHER]): Promise<Received> {
  const server = await serve((_, response) => response.end(), { tls: true });
  const [key, other] = values.map((value, at) => secret(`KEY_${String(at)}`, value, [server.pattern]));
  const { path = "/", ...given } = make(key?.placeholder ?? "", other?.placeholder ?? "");
  const secrets = [key, other].filter((one): one is EgressSecret => one !== undefined);
  await bodyOf(await egress.fetch(request(server.origin + path, { method: "POST", secrets, ...given })));
  const [got] = server.received;
  if (got === undefined) {
    throw new Error("nothing arrived");
  }
  expect(got.headers["content-length"] ?? "0").toBe(String(got.body.length));
  return got;
}

const utf8 = (latin1: string): string => Buffer.from(latin1, "latin1").toString();
const typed = (type: string, body: string): ReturnType<Make> => ({
  headers: [["content-type", type]],
  body: Buffer.from(body),
});

describe("a URL", () => {
  it("takes values in path and query, twice, beside each other, in names", async () => {
    const { url } = await received((k, o) => ({ path: `/a/${k}${o}/${k}?${k}=${o}&x=${k}${k}#${k}` }));
    const parsed = new URL(url, "https://x.test");
    expect(decodeURIComponent(parsed.pathname)).toBe(`/a/${VALUE}${OTHER}/${VALUE}`);
    expect([...parsed.searchParams]).toEqual([
      [VALUE, OTHER],
      ["x", VALUE + VALUE],
    ]);
  });
});

describe("a header", () => {
  it("takes the same value twice and two values", async () => {
    const { headers } = await received(
      (k, o) => ({ headers: [["x-key", `a=${k}; b=${o}; c=${k}`]] }),
      ["first-value", OTHER],
    );
    expect(headers["x-key"]).toBe(`a=first-value; b=${OTHER}; c=first-value`);
  });

  it.each([
    ["the user", (k: string) => `${k}:`, `${VALUE}:`],
    ["the password", (k: string) => `user:${k}`, `user:${VALUE}`],
    ["both", (k: string, o: string) => `${k}:${o}`, `${VALUE}:${OTHER}`],
    ["a part of it twice", (k: string) => `a-${k}:${k}-z`, `a-${VALUE}:${VALUE}-z`],
  ])(
    "takes it as %s of Basic credentials, whatever the header and the letters' case",
    async (_, make, whole) => {
      for (const [name, scheme] of [
        ["authorization", "Basic"],
        ["proxy-authorization", "BASIC"],
        ["x-forwarded-authorization", "basic "],
      ] as const) {
        const { headers } = await received((k, o) => ({
          headers: [[name, `${scheme} ${Buffer.from(make(k, o)).toString("base64")}`]],
        }));
        const [word, credentials = ""] = String(headers[name]).split(/ +/);
        expect(word).toBe(scheme.trim());
        expect(Buffer.from(credentials, "base64").toString()).toBe(whole);
      }
    },
  );
});

describe("a JSON body", () => {
  const nested = (k: string): unknown => ({
    plain: k,
    [k]: [k + k, { deep: `"${k}"\n` }],
    text: JSON.stringify({ key: k, again: [`say "${k}"`] }),
    notJson: `{${k}}`,
    ключ: "\u2028",
  });

  it.each([
    "application/json",
    "application/vnd.api+json; charset=utf-8",
    "text/plain",
    "text/plain;charset=UTF-8",
  ])("of type %s is what the author's code would have written with the real value", async (type) => {
    const { body } = await received((k) => typed(type, JSON.stringify(nested(k))));
    const got = JSON.parse(utf8(body)) as { text: string };
    expect(got).toEqual(nested(VALUE));
  });

  it("is found behind escapes", async () => {
    const escapeAll = (text: string): string =>
      Array.from(text, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    for (const value of [VALUE, "plain_value"]) {
      const { body } = await received(
        (k) => typed("application/json", `{"a":"${escapeAll(k)}","b":"\\"${k}\\\\","c":"\\"}`),
        [value],
      );
      expect(utf8(body)).toBe(`{"a":${JSON.stringify(value)},"b":${JSON.stringify(`"${value}\\`)},"c":"\\"}`);
    }
  });

  it("of lines is filled line by line", async () => {
    const lines = (k: string): string =>
      [{ k }, { s: JSON.stringify({ k }) }].map((line) => JSON.stringify(line)).join("\n");
    const { body } = await received((k) => typed("application/x-ndjson", lines(k)));
    expect(utf8(body)).toBe(lines(VALUE));
  });

  it("keeps every other byte as it was written", async () => {
    const text = (k: string): string => ` { "a\\/b" : "\\u00e9\\ud800",\r\n "n": 1.0e+2, "k":"${k}" } `;
    const { body } = await received((k) => typed("application/json", text(k)));
    expect(utf8(body)).toBe(text(JSON.stringify(VALUE).slice(1, -1)));
  });
});

describe("a form body", () => {
  it("is encoded for a form, and as JSON where a field is JSON", async () => {
    const fields = (k: string, o: string): [string, string][] => [
      ["key", k],
      [`name ${k}`, `${o} & ${k}`],
      ["payload", JSON.stringify({ token: k, list: [o] })],
    ];
    const { body } = await received((k, o) =>
      typed("application/x-www-form-urlencoded;charset=UTF-8", new URLSearchParams(fields(k, o)).toString()),
    );
    expect([...new URLSearchParams(body)]).toEqual(fields(VALUE, OTHER));
  });
});

describe("an XML body", () => {
  it("is escaped, but not in CDATA", async () => {
    const { body } = await received((k) =>
      typed("text/xml", `<a b="${k}">${k}<![CDATA[${k}]]>${k}<![CDATA[${k}`),
    );
    const escaped = "k&quot;1\\2/3 &amp;=&lt;é&gt;%+&apos;#?\t密";
    expect(utf8(body)).toBe(`<a b="${escaped}">${escaped}<![CDATA[${VALUE}]]>${escaped}<![CDATA[${VALUE}`);
  });
});

describe("any other body", () => {
  it.each(["application/octet-stream", "image/png", "application/graphql", ""])(
    "of type %s takes the bytes of the value",
    async (type) => {
      const { body } = await received((k) => ({
        headers: type === "" ? [] : [["content-type", type]],
        body: Buffer.concat([Buffer.from([0, 255, 0xc3]), Buffer.from(k), Buffer.from([0xff])]),
      }));
      expect(Buffer.from(body, "latin1")).toEqual(
        Buffer.concat([Buffer.from([0, 255, 0xc3]), Buffer.from(VALUE), Buffer.from([0xff])]),
      );
    },
  );
});

describe("a multipart body", () => {
  /** A form as a FormData with real values would be sent. */
  async function formData(fill: (form: FormData) => void): Promise<{ type: string; bytes: Buffer }> {
    const form = new FormData();
    fill(form);
    const response = new Response(form);
    return {
      type: response.headers.get("content-type") ?? "",
      bytes: Buffer.from(await response.arrayBuffer()),
    };
  }

  async function arrived(fill: (form: FormData, k: string, o: string) => void): Promise<FormData> {
    const placeholders = secretPlaceholders();
    const { type, bytes } = await formData((form) => {
      fill(form, ...placeholders);
    });
    const got = await received(() => ({ headers: [["content-type", type]], body: bytes }));
    return new Response(Buffer.from(got.body, "latin1"), { headers: { "content-type": type } }).formData();
  }

  const secretPlaceholders = (): [string, string] => [
    secret("KEY_0", "", []).placeholder,
    secret("KEY_1", "", []).placeholder,
  ];

  it("takes values in fields, in files, and JSON in both", async () => {
    const form = await arrived((given, k, o) => {
      given.append("key", k);
      given.append("two", `${k}${o}${k}`);
      given.append("payload_json", JSON.stringify({ k, o }));
      given.append("doc", new File([JSON.stringify([k])], "doc.json", { type: "application/json" }));
      given.append("raw", new File([`{"k":"${k}"}`], "raw.bin"));
      given.append("xml", new File([`<k>${k}</k>`], "x.xml", { type: "application/xml" }));
      given.append("bytes", new File([new Uint8Array([0, 1, 255]), k], "b", { type: "image/png" }));
    });
    const file = async (name: string): Promise<Buffer> =>
      Buffer.from(await (form.get(name) as File).arrayBuffer());
    expect(form.get("key")).toBe(VALUE);
    expect(form.get("two")).toBe(VALUE + OTHER + VALUE);
    expect(JSON.parse(form.get("payload_json") as string)).toEqual({ k: VALUE, o: OTHER });
    expect(JSON.parse((await file("doc")).toString())).toEqual([VALUE]);
    expect((await file("raw")).toString()).toBe(`{"k":"${VALUE}"}`);
    expect((await file("xml")).toString()).toContain("&amp;=&lt;é&gt;");
    expect(await file("bytes")).toEqual(Buffer.concat([Buffer.from([0, 1, 255]), Buffer.from(VALUE)]));
  });

  it("takes values in the headers of its parts, quotes escaped, line breaks refused", async () => {
    const part = (k: string): string =>
      `--b\r\nContent-Disposition: form-data; name="${k}"; filename="f"\r\nX-Key: ${k}\r\n\r\nx\r\n--b--\r\n`;
    const { body } = await received((k) => typed('multipart/form-data; boundary="b"', part(k)));
    expect(utf8(body)).toBe(part(VALUE.replaceAll('"', "%22")));
    const refused = received((k) => typed("multipart/form-data; boundary=b", part(k)), ["two\r\nlines"]);
    expect(await rejection(refused)).toMatchObject({
      code: "TENON_FETCH_INVALID",
      message: expect.stringMatching(/KEY_0.*header of a part.*line break/) as string,
    });
  });

  it("without a boundary, or with one that does not occur, is filled all the same", async () => {
    for (const type of ["multipart/form-data", "multipart/mixed; boundary=zzz"]) {
      const { body } = await received((k) => typed(type, `before ${k} after`));
      expect(utf8(body)).toBe(`before ${VALUE} after`);
    }
  });
});

describe("what is too much", () => {
  it("a long value, repeated by a small request, is refused in every kind of body", async () => {
    const server = await serve((_, response) => response.end());
    const key = secret("KEY", `"${"x".repeat(10_000)}`, [server.pattern]);
    for (const type of [
      "application/json",
      "application/x-www-form-urlencoded",
      "text/plain",
      "multipart/form-data; boundary=b",
    ]) {
      const body = Buffer.from(
        JSON.stringify(JSON.stringify(Array.from({ length: 20 }, () => key.placeholder))),
      );
      const failure = await rejection(
        egress.fetch(
          request(server.origin, {
            method: "POST",
            secrets: [key],
            body,
            bodyLimit: 100_000,
            headers: [["content-type", type]],
          }),
        ),
      );
      expect(failure).toMatchObject({ code: "TENON_TOO_LARGE" });
    }
    expect(server.connections()).toBe(0);
  });

  it.each([
    ["open CDATA sections", "application/xml", "<![CDATA["],
    ["quotes", "application/json", '\\"'],
    ["brackets", "text/plain", "["],
    ["fields", "application/x-www-form-urlencoded", "a={&"],
    ["parts", "multipart/form-data; boundary=b", "\r\n--b"],
    ["unclosed strings", "application/json", '"\\u'],
  ])("a body of nothing but %s is filled in no time", async (_, type, piece) => {
    const started = performance.now();
    const { body } = await received((k) => typed(type, k + piece.repeat(900_000 / piece.length)));
    expect(body.length).toBeGreaterThan(890_000);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
