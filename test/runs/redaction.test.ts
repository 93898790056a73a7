import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { allEvents } from "#test/support/events.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { findIn, findInDatabase, needles } from "#test/support/search.ts";
import { deployWorkflow, logsOf, runWorkflow, triedOnce } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

/** Holds what every encoding writes differently: quote, backslash, slash, plus, space, percent and an umlaut. */
const SECRET = 'k3y/9f+8e 7d%6c"5b\\4a-ä-3z1y2x';
const FORMS = new Map([
  ...needles(SECRET),
  ["json", Buffer.from(JSON.stringify(SECRET).slice(1, -1))],
  ["json twice", Buffer.from(JSON.stringify(JSON.stringify(SECRET)).slice(3, -3))],
  ["form", Buffer.from(new URLSearchParams({ v: SECRET }).toString().slice(2))],
]);
const NEEDS = "needs: { secrets: { KEY: { reveal: true } } }";

/** Guest code: the revealed secret in every spelling, each with its name. */
const SPELLINGS = `
  const key = await ctx.reveal("KEY");
  const utf8 = (text: string) => new TextEncoder().encode(text);
  const base64 = (text: string) => btoa(String.fromCharCode(...utf8(text)));
  const url64 = (text: string) => base64(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const hex = [...utf8(key)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const spellings: Record<string, string> = {
    raw: key, hex, HEX: hex.toUpperCase(), url: encodeURIComponent(key),
    form: new URLSearchParams({ v: key }).toString(), json: JSON.stringify(key), twice: JSON.stringify({ a: JSON.stringify({ key }) }),
  };
  for (const lead of ["", "a", "ab"]) for (const tail of ["", "c", "cd"]) {
    spellings["base64 " + lead + "-" + tail] = base64(lead + key + tail);
    spellings["base64url " + lead + "-" + tail] = url64(lead + key + tail);
  }`;

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await putSecret([]);
});
afterAll(async () => product.close());

async function putSecret(hosts: readonly string[]): Promise<void> {
  const answer = await product.call("PUT", "/environments/development/secrets/KEY", {
    value: SECRET,
    hosts,
    reveal: true,
  });
  expect(answer.status).toBeLessThan(300);
}

/** Runs it, then looks for the secret in everything that the product shows or keeps. */
async function runAndSearch(slug: string, source: string, input: unknown = null): Promise<RunJson> {
  await deployWorkflow(product, slug, source);
  const run = await runWorkflow(product, slug, input);
  const shown = await Promise.all([
    product.call("GET", `/runs/${run.id}`),
    product.call("GET", `/runs/${run.id}/attempts`),
    product.call("GET", "/runs"),
    product.call("GET", "/audit"),
    product.call("GET", "/environments/development/secrets/KEY"),
    logsOf(product, run.id),
    allEvents(product, run.id),
  ]);
  const texts = [run, ...shown].map((value) => JSON.stringify(value));
  // As it is and with one level of JSON escaping taken off, as a reader of the answers would see it.
  expect(findIn(Buffer.from(texts.join("\n")), FORMS)).toEqual([]);
  expect(findIn(Buffer.from(texts.map(unescaped).join("\n")), FORMS)).toEqual([]);
  const kept = await findInDatabase(product.db.url, FORMS);
  expect(kept.rows).toBeGreaterThan(10);
  expect(kept.found).toEqual([]);
  expect(product.workers.map((worker) => findIn(Buffer.from(worker.stderr()), FORMS))).toEqual([[]]);
  return run;
}

function unescaped(json: string): string {
  return json.replaceAll(/\\(["\\/])/g, "$1");
}

describe("a revealed secret", () => {
  test("does not come out of the result, in any spelling, as value or as key", async () => {
    const run = await runAndSearch(
      "returns",
      triedOnce(
        `async (ctx) => {${SPELLINGS}
          return { spellings, list: Object.values(spellings), keyed: { [key]: 1, [hex]: 2 }, length: key.length };
        }`,
        NEEDS,
      ),
    );
    expect(run).toMatchObject({
      status: "completed",
      result: { spellings: { raw: "[secret:KEY]", hex: "[secret:KEY]" }, length: SECRET.length },
    });
  });

  test("does not come out of the log, in any spelling, as message or as data", async () => {
    const run = await runAndSearch(
      "logs",
      triedOnce(
        `async (ctx) => {${SPELLINGS}
          for (const [name, text] of Object.entries(spellings)) { console.log(name, text, [text], new Error(text)); ctx.log.warn(text, { [text]: { deep: [text] } }); }
        }`,
        NEEDS,
      ),
    );
    expect(run.status).toBe("completed");
    const logs = await logsOf(product, run.id);
    expect(logs.length).toBeGreaterThan(40);
    expect(logs[0]?.message).toContain("raw [secret:KEY]");
  });

  test.each(["raw", "hex", "url", "twice", "base64 a-", "base64url ab-cd"])(
    "does not come out of an error: %s",
    async (spelling) => {
      const run = await runAndSearch(
        "throws",
        triedOnce(
          `async (ctx) => {${SPELLINGS}
            const text = spellings[ctx.input] ?? "";
            const error = new Error("outer " + text, { cause: new TypeError(text, { cause: text }) });
            error.name = text;
            throw error;
          }`,
          NEEDS,
        ),
        spelling,
      );
      expect(run).toMatchObject({ status: "failed", error: { code: "TENON_USER_ERROR" } });
      expect(run.error?.message).toContain("[secret:KEY]");
    },
  );

  test.each([
    ["two lines at once", "console.log(key.slice(0, 15)); console.log(key.slice(15));"],
    [
      "three lines at once",
      "console.log(key.slice(0, 9)); console.log(key.slice(9, 20)); console.log(key.slice(20));",
    ],
    [
      "two lines that are stored apart",
      "console.log(key.slice(0, 15)); await new Promise((done) => setTimeout(done, 150)); console.log(key.slice(15));",
    ],
    [
      "two batches of lines",
      "for (let n = 0; n < 199; n++) console.log('line', n); console.log(key.slice(0, 15)); console.log(key.slice(15));",
    ],
  ])("does not come out of the log split over %s", async (_, code) => {
    const run = await runAndSearch(
      "splits",
      triedOnce(`async (ctx) => { const key = await ctx.reveal("KEY"); ${code} }`, NEEDS),
    );
    expect(run.status).toBe("completed");
    const joined = (await logsOf(product, run.id)).map(({ message }) => message).join("");
    expect(joined).toContain("[secret:KEY]");
    expect(joined).not.toContain(SECRET);
    expect(joined).not.toContain(SECRET.slice(0, 15));
  });

  test("does not come out in part where a line or a message is cut", async () => {
    const run = await runAndSearch(
      "cuts",
      triedOnce(
        `async (ctx) => {
          const key = await ctx.reveal("KEY");
          const log = "x".repeat(16_384 - 20) + key; console.log(log);
          ctx.log.info("data", "y".repeat(16_384 - 21) + key);
          throw new Error("z".repeat(8_000 - 20) + key);
        }`,
        NEEDS,
      ),
    );
    const part = SECRET.slice(0, 12);
    const logs = JSON.stringify(await logsOf(product, run.id));
    expect(unescaped(logs)).not.toContain(part);
    expect(run.error?.message).toMatch(/^z+/);
    expect(run.error?.message).not.toContain(part);
  });
});

describe("a secret that a server echoes", () => {
  const pieces = (text: string): string[] => [text.slice(0, 7), text.slice(7, 19), text.slice(19)];

  test("comes back as the placeholder, in every spelling, across the borders of the chunks", async () => {
    const bytes = Buffer.from(SECRET);
    const echoes = [
      SECRET,
      JSON.stringify({ key: SECRET }),
      encodeURIComponent(SECRET),
      bytes.toString("hex"),
      bytes.toString("base64"),
      Buffer.from(`a${SECRET}`).toString("base64"),
      Buffer.from(`ab${SECRET}c`).toString("base64url"),
    ];
    const server = await serve((got, response) => {
      const echo = echoes[Number(new URL(got.url, "http://x").searchParams.get("n"))] ?? "";
      response.writeHead(200, { "x-echo": encodeURIComponent(SECRET) });
      const rest = pieces(`<${echo}>`);
      const next = (): void => {
        const piece = rest.shift();
        if (piece === undefined) {
          response.end();
        } else {
          response.write(piece, () => setTimeout(next, 10));
        }
      };
      next();
    });
    await putSecret([server.pattern]);
    const run = await runAndSearch(
      "echoes",
      triedOnce(
        `async (ctx) => {
          const seen = [];
          for (let n = 0; n < ${String(echoes.length)}; n++) {
            const answer = await ctx.fetch(ctx.input + "/?n=" + n, { headers: { authorization: "Basic " + btoa("user:" + ctx.secrets.KEY) } });
            const header = answer.headers.get("x-echo");
            const decoder = new TextDecoder();
            let text = "";
            for (const reader = answer.body.getReader(); ;) {
              const { done, value } = await reader.read();
              if (done) break;
              const piece = decoder.decode(value, { stream: true });
              console.log(piece);
              text += piece;
            }
            seen.push([header === ctx.secrets.KEY, text.includes(ctx.secrets.KEY) || text.length > 30, text]);
          }
          return seen;
        }`,
        NEEDS,
      ),
      server.origin,
    );
    expect(run.status).toBe("completed");
    const seen = run.result as [boolean, boolean, string][];
    expect(seen.map(([header, body]) => [header, body])).toEqual(echoes.map(() => [true, true]));
    expect(seen[0]?.[2]).toMatch(/^<tnsec_[0-9a-f]{32}>$/);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(
      echoes.map(() => `Basic ${Buffer.from(`user:${SECRET}`).toString("base64")}`),
    );
  });
});
