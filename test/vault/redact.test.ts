import { randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createRedactor } from "#runtime/vault/redact.ts";
import type { Redactor } from "#runtime/vault/redact.ts";

const SECRETS = [
  "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
  'quote"back\\slash/new\nline',
  "pässwörd-ключ-密码-😀",
  "with space & percent % plus +",
  "-----BEGIN KEY-----\nMIIEvQIBADANBg+/kqhkiG9w0BAQ==\n-----END KEY-----\n",
  "aaaaaaab",
  "<script>'&\u2028",
];
const HIDDEN = "[gone]";

const percentAll = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${hex(byte, 2)}`).join("");
const unicodeAll = (text: string): string =>
  Array.from({ length: text.length }, (_, at) => `\\u${hex(text.charCodeAt(at), 4)}`).join("");
const asJson = (text: string): string => JSON.stringify(text).slice(1, -1);
const strictUri = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${hex(letter.charCodeAt(0), 2)}`);
const xml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
const form = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);
const lowerEscapes = (text: string): string =>
  text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());

const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  trimmed: (text) => text.trim(),
  base64: (text) => Buffer.from(text).toString("base64"),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "hex, lower": (text) => Buffer.from(text).toString("hex"),
  "hex, upper": (text) => Buffer.from(text).toString("hex").toUpperCase(),
  encodeURIComponent,
  "encodeURIComponent, lower": (text) => lowerEscapes(encodeURIComponent(text)),
  "URL, strict": strictUri,
  "URL, every byte": percentAll,
  "URL, twice": (text) => encodeURIComponent(encodeURIComponent(text)),
  form,
  "form, lower": (text) => lowerEscapes(form(text)),
  JSON: asJson,
  "JSON with escaped slash": (text) => asJson(text).replaceAll("/", "\\/"),
  "JSON, every character": unicodeAll,
  "JSON, upper-case ASCII-only": (text) =>
    asJson(text).replace(/[^\0-\x7f]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4).toUpperCase()}`),
  "JSON, twice": (text) => asJson(asJson(text)),
  "JSON of URL": (text) => asJson(lowerEscapes(form(text))),
  "JSON, three times": (text) => asJson(asJson(asJson(text))),
  "JSON of JSON of XML": (text) => asJson(asJson(xml(text))),
  "JSON of a URL of JSON": (text) => asJson(encodeURIComponent(asJson(text))),
  "base64 of JSON": (text) => Buffer.from(asJson(text)).toString("base64"),
  "base64 of XML": (text) => Buffer.from(xml(text)).toString("base64"),
  "base64 of a URL": (text) => Buffer.from(encodeURIComponent(text)).toString("base64"),
  "hex of JSON": (text) => Buffer.from(asJson(text)).toString("hex"),
  XML: (text) => xml(text),
  "URL of base64": (text) => encodeURIComponent(Buffer.from(text).toString("base64")),
};

describe("what a redactor finds", () => {
  const redactor = createRedactor(SECRETS.map((value) => ({ value, replacement: HIDDEN })));

  for (const [name, encode] of Object.entries(ENCODINGS)) {
    it(`replaces ${name}`, () => {
      for (const secret of SECRETS) {
        expect(redactor.text(`before ${encode(secret)}, after`)).toBe(`before ${HIDDEN}, after`);
      }
    });
  }

  it("replaces base64 of a text that holds the value, in every alignment, padded or not", () => {
    for (const secret of SECRETS) {
      for (let lead = 0; lead < 6; lead += 1) {
        for (let tail = 0; tail < 6; tail += 1) {
          const text = Buffer.from("x".repeat(lead) + secret + "y".repeat(tail));
          for (const encoding of ["base64", "base64url"] as const) {
            const encoded = text.toString(encoding);
            const redacted = redactor.text(`"${encoded}"`);
            expect(redacted).toContain(HIDDEN);
            expect(sharedWith(redacted, encoded)).toBeLessThan(
              Math.ceil((lead * 4) / 3) + Math.ceil((tail * 4) / 3) + 4,
            );
          }
        }
      }
    }
  });

  it("replaces the password inside Basic credentials", () => {
    const basic = Buffer.from(`user:${SECRETS[0] ?? ""}`).toString("base64");
    expect(redactor.text(`Authorization: Basic ${basic}`)).toMatch(
      /^Authorization: Basic dXNlcjp?[A-Za-z0-9]?\[gone\]$/,
    );
  });

  it("leaves everything else exactly as it is", () => {
    const text =
      'a \\n "json" %41 %zz \\u00e9 sk_live_4eC39HqLyjWDarjtT1zdp7d SK_LIVE caf\u00e9 \ud83d\ude00';
    expect(redactor.text(text)).toBe(text);
    expect(redactor.text(`${text} ${SECRETS[0] ?? ""}`)).toBe(`${text} ${HIDDEN}`);
  });

  it("finds neighbours, repetitions and values inside values", () => {
    const nested = createRedactor([
      { value: "token-abc", replacement: "[A]" },
      { value: "token-abcdef", replacement: "[B]" },
      { value: "defghijk", replacement: "[C]" },
    ]);
    expect(nested.text("token-abctoken-abc")).toBe("[A][A]");
    expect(nested.text("token-abcdef")).toBe("[B]");
    expect(nested.text("token-abcde")).toBe("[A]de");
    expect(nested.text("token-abcdefghijk!")).toBe("[B]!");
  });
});

describe("a text that was cut off", () => {
  const redactor = createRedactor([{ value: "needle-in-a-haystack", replacement: HIDDEN, shown: true }]);

  it("tells nothing of a value that its writer does not have", () => {
    const entry = { value: "needle-in-a-haystack", replacement: HIDDEN };
    const blind = createRedactor([entry]);
    for (const guess of ["needle-in-a", "needle-in-b", "n", "bmVlZGxl"]) {
      expect(blind.text(`${guess}… (cut)`)).toBe(`${guess}… (cut)`);
      expect(blind.open(guess)).toBe(0);
    }
    const both = createRedactor([entry, { value: "other-value", replacement: HIDDEN, shown: true }]);
    expect(both.text("other-val… (cut)needle-in-a-haystack… (cut)")).toBe(`… (cut)${HIDDEN}… (cut)`);
    expect(both.text("needle-in-a-… (cut)")).toBe("needle-in-a-… (cut)");
  });

  it("loses what may be the beginning of a value before the cut", () => {
    expect(redactor.text("some needle-in-a… (cut)")).toBe("some … (cut)");
    expect(redactor.text("some bmVlZGxlLWl… (cut) needle-in-a-haystack, needle-in-a")).toBe(
      `some … (cut) ${HIDDEN}, needle-in-a`,
    );
    expect(redactor.json({ deep: ["needle-in-… (cut)"] })).toEqual({ deep: ["… (cut)"] });
    expect(redactor.text("whole needle-in-a-haystack… (cut)")).toBe(`whole ${HIDDEN}… (cut)`);
  });

  it("tells how much of its end may go on elsewhere", () => {
    expect(redactor.open("some needle-in-a")).toBe("needle-in-a".length);
    expect(redactor.open("some needle-in-a!")).toBe(0);
    expect(createRedactor([]).open("anything")).toBe(0);
  });
});

describe("short values", () => {
  const redactor = createRedactor([
    { value: "abc", replacement: "[short]" },
    { value: "1234", replacement: "[pin]" },
  ]);

  it("are found as whole tokens only", () => {
    expect(redactor.text("abc abcd xabc (abc) abc_ 1234 51234 1234")).toBe(
      "[short] abcd xabc ([short]) abc_ [pin] 51234 [pin]",
    );
  });

  it("wait for the next chunk before they count", async () => {
    expect(await streamed(redactor, ["x abc", "d ab", "c"])).toBe("x abcd [short]");
    expect(await streamed(redactor, ["xa", "bc a", "bc."])).toBe("xabc [short].");
  });
});

describe("JSON data", () => {
  it("is searched string by string: no value is found across two of them, nor lost at their ends", () => {
    const redactor = createRedactor([
      { value: "needle-in-a-haystack", replacement: HIDDEN },
      { value: "12", replacement: HIDDEN },
    ]);
    const data = {
      halves: ["needle-in-a", "-haystack", "needle-in-a-haystack", "\\", "u0031", "%", "312"],
      "needle-in-a-haystack": { 12: [12, 121, "12", "", "1", "2", "\n12\n"] },
    };
    expect(redactor.json(data)).toEqual({
      halves: ["needle-in-a", "-haystack", HIDDEN, "\\", "u0031", "%", "312"],
      [HIDDEN]: { [HIDDEN]: [HIDDEN, 121, HIDDEN, "", "1", "2", `\n${HIDDEN}\n`] },
    });
  });

  const redactor = createRedactor([
    { value: "hunter2hunter2", replacement: "[pw]" },
    { value: "90125123", replacement: "[number]" },
  ]);

  it("is redacted in strings, keys and numbers, and copied, never changed", () => {
    const data = JSON.parse(
      '{"a":["hunter2hunter2",1,null,true],"x hunter2hunter2":{"n":90125123},"__proto__":{"p":"hunter2hunter2"}}',
    ) as unknown;
    const before = JSON.stringify(data);
    expect(JSON.stringify(redactor.json(data))).toBe(
      '{"a":["[pw]",1,null,true],"x [pw]":{"n":"[number]"},"__proto__":{"p":"[pw]"}}',
    );
    expect(JSON.stringify(data)).toBe(before);
  });

  it("may be nested to any depth", () => {
    let data: unknown = "hunter2hunter2";
    for (let depth = 0; depth < 200_000; depth += 1) {
      data = [data];
    }
    let redacted = redactor.json(data);
    while (Array.isArray(redacted)) {
      [redacted] = redacted as unknown[];
    }
    expect(redacted).toBe("[pw]");
  });
});

describe("streams", () => {
  it("give what the whole text gives, wherever they are cut", async () => {
    const redactor = createRedactor(SECRETS.map((value, at) => ({ value, replacement: `[${String(at)}]` })));
    for (let round = 0; round < 300; round += 1) {
      const text = randomText();
      const whole = redactor.text(text);
      const bytes = Buffer.from(text);
      expect(await streamed(redactor, chunksOf(bytes, 1))).toBe(whole);
      expect(await streamed(redactor, chunksOf(bytes, randomInt(2, 40)))).toBe(whole);
    }
  });

  it("are cut at every single place of every encoding", async () => {
    const redactor = createRedactor(SECRETS.map((value) => ({ value, replacement: HIDDEN })));
    for (const encode of Object.values(ENCODINGS)) {
      const bytes = Buffer.from(`ab${encode(SECRETS[1] ?? "")},`);
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        expect(await streamed(redactor, [bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(`ab${HIDDEN},`);
      }
    }
  });

  it("pass bytes that are no text unchanged", async () => {
    const redactor = createRedactor([{ value: "needle-needle", replacement: "[n]" }]);
    const bytes = Buffer.from(Array.from({ length: 4096 }, () => randomInt(256)));
    const through = await streamedBytes(redactor, chunksOf(bytes, 100));
    expect(through.equals(bytes)).toBe(true);
  });

  it("send at once what cannot be the beginning of a value", async () => {
    const stream = createRedactor([{ value: "sk_live_12345678", replacement: "[s]" }]).stream();
    const writer = stream.writable.getWriter();
    const reader = stream.readable.getReader();
    void writer.write(Buffer.from("data: hello\n\n"));
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("data: hello\n\n");
    void writer.write(Buffer.from("data: sk_li"));
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("data: ");
    void writer.write(Buffer.from("on\n\n"));
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("sk_lion\n\n");
    await Promise.all([writer.close(), reader.read()]);
  });

  it("stay linear when a text keeps almost matching, in one-byte chunks too", async () => {
    const redactor = createRedactor([{ value: `${"a".repeat(3_000)}b`, replacement: "[long]" }]);
    const started = performance.now();
    const bytes = Buffer.from("a".repeat(50_000));
    expect((await streamedBytes(redactor, chunksOf(bytes, 1))).equals(bytes)).toBe(true);
    expect(redactor.text("a".repeat(2_000_000)).length).toBe(2_000_000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

it("costs nothing and changes nothing without values", async () => {
  const redactor = createRedactor([{ value: "", replacement: "[never]" }]);
  const data = { a: "b" };
  expect(redactor.text("text")).toBe("text");
  expect(redactor.json(data)).toBe(data);
  expect(await streamed(redactor, ["a", "b"])).toBe("ab");
});

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}

/** Length of the longest stretch of `encoded` that survived. */
function sharedWith(redacted: string, encoded: string): number {
  let longest = 0;
  for (const part of redacted.split(HIDDEN)) {
    for (const piece of part.replaceAll('"', "").split("=")) {
      longest += encoded.includes(piece) ? piece.length : 0;
    }
  }
  return longest;
}

function randomText(): string {
  const encoders = Object.values(ENCODINGS);
  const filler = [
    "abc",
    " ",
    "\\",
    "%",
    "%4",
    "+",
    '"',
    "\\u00",
    "aaaaaaa",
    "sk_live_",
    "==",
    "é",
    "😀",
    "\n",
    "\\\\",
  ];
  return Array.from({ length: randomInt(1, 12) }, () =>
    randomInt(3) === 0
      ? (encoders[randomInt(encoders.length)] ?? asJson)(SECRETS[randomInt(SECRETS.length)] ?? "")
      : (filler[randomInt(filler.length)] ?? ""),
  ).join("");
}

function chunksOf(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}

async function streamed(redactor: Redactor, chunks: readonly (string | Uint8Array)[]): Promise<string> {
  return (await streamedBytes(redactor, chunks)).toString("utf8");
}

async function streamedBytes(redactor: Redactor, chunks: readonly (string | Uint8Array)[]): Promise<Buffer> {
  const stream = redactor.stream();
  const writer = stream.writable.getWriter();
  const write = async (): Promise<void> => {
    for (const chunk of chunks) {
      await writer.write(Buffer.from(chunk));
    }
    await writer.close();
  };
  const [received] = await Promise.all([new Response(stream.readable).bytes(), write()]);
  return Buffer.from(received);
}

describe("JSON data", () => {
  it("keeps each string in its place where a value ends as what stands between them begins", () => {
    const redactor = createRedactor([{ value: "sk_live_4242\n", replacement: "[key]" }]);
    const data = { bare: "sk_live_4242", other: "something else", whole: "sk_live_4242\n", last: "end" };
    // Without the white space it is what a header carries, and the same secret.
    expect(redactor.json(data)).toEqual({ ...data, bare: "[key]", whole: "[key]" });
  });

  it("keeps each string in its place where a value begins as what stands between them ends", () => {
    const redactor = createRedactor([{ value: "\nsk_live_4242", replacement: "[key]" }]);
    const data = ["a", "sk_live_4242", "b", "\nsk_live_4242", "c"];
    expect(redactor.json(data)).toEqual(["a", "[key]", "b", "[key]", "c"]);
  });
});
