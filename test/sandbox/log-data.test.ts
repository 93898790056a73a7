import { afterAll, describe, expect, it } from "vitest";
import { run, startPool } from "#test/host/sandbox-pool.ts";

const pool = await startPool({ processes: 1 });

afterAll(async () => {
  await pool.close();
});

/** The data of the lines that the statements of a workflow log. */
async function dataOf(statements: string): Promise<unknown[]> {
  const { lines } = await run(pool, `async (ctx) => { ${statements} }`);
  return lines.map(({ data }) => data);
}

describe("the data of a log line", () => {
  it("keeps the message, stack, code and causes of an error, wherever it stands", async () => {
    const [alone, member] = await dataOf(
      `ctx.log.error("x", new Error("boom"));
       const error = Object.assign(new TypeError("outer", { cause: new Error("inner") }), { code: "E_X", status: 502 });
       ctx.log.error("x", { list: [error], orderId: 3 });`,
    );
    const stack = expect.stringMatching(/^Error: boom\n {4}at default \(workflow\.js:\d+:\d+\)$/) as string;
    expect(alone).toEqual({ name: "Error", message: "boom", stack });
    expect(member).toMatchObject({
      list: [
        {
          name: "TypeError",
          message: "outer",
          code: "E_X",
          status: 502,
          cause: { name: "Error", message: "inner" },
        },
      ],
      orderId: 3,
    });
    expect(JSON.stringify([alone, member])).not.toContain("tenon:");
  });

  it("ends with causes that go round, and tells errors side by side", async () => {
    const [round, many] = await dataOf(
      `const a = new Error("a"); const b = new Error("b", { cause: a }); a.cause = b;
       ctx.log.error("x", a); ctx.log.error("x", new AggregateError([b, "text"], "many"));`,
    );
    expect(round).toMatchObject({ message: "a", cause: { message: "b", cause: "[circular]" } });
    expect(many).toMatchObject({ message: "many", errors: [{ message: "b" }, "text"] });
  });

  it("has readable forms of maps, sets, bytes and the web's interfaces", async () => {
    const [data] = await dataOf(
      `const headers = new Headers({ a: "b" }); headers.append("set-cookie", "c"); headers.append("set-cookie", "d");
       ctx.log.info("x", {
         map: new Map([["k", 1]]), pairs: new Map([[1, 2]]), set: new Set([1, "b"]), headers,
         bytes: new Uint8Array(2), buffer: new ArrayBuffer(1), response: new Response("", { status: 404 }),
         url: new URL("https://a.example/b"), date: new Date(0), late: Promise.resolve(), pattern: /x/g,
       })`,
    );
    expect(data).toEqual({
      map: { k: 1 },
      pairs: [[1, 2]],
      set: [1, "b"],
      headers: { a: "b", "set-cookie": ["c", "d"] },
      bytes: "Uint8Array(2) [0, 0]",
      buffer: "Uint8Array(1) [0]",
      response: { status: 404, statusText: "", url: "" },
      url: "https://a.example/b",
      date: "1970-01-01T00:00:00.000Z",
      late: "[promise]",
      pattern: "/x/g",
    });
  });

  it("marks what has no JSON form in its place, and keeps the rest", async () => {
    const [data] = await dataOf(
      `const data = { big: 12n, call: function named() {}, sign: Symbol("s"), kept: [1, undefined, NaN],
         get bad() { throw new Error("no"); } };
       data.self = data; ctx.log.info("x", data);`,
    );
    expect(data).toEqual({
      big: "12n",
      call: "[function named]",
      sign: "Symbol(s)",
      kept: [1, null, null],
      bad: "[unreadable]",
      self: "[circular]",
    });
  });

  it("does not depend on what the workflow made of the language", async () => {
    const [data] = await dataOf(
      `Array.prototype.includes = Map.prototype.entries = Map.prototype.get = () => { throw new Error("mine"); };
       ctx.log.info("x", { map: new Map([["k", 1]]), error: Object.assign(new Error("boom"), { status: 1 }) });`,
    );
    expect(data).toMatchObject({ map: { k: 1 }, error: { message: "boom", status: 1 } });
  });

  it("is one cut text where it is larger than a line", async () => {
    const [large, endless] = await dataOf(
      `ctx.log.info("x", { list: Array(2_000).fill("word") }); 
       ctx.log.info("x", new Set(Array(100_000).keys()));`,
    );
    expect(large).toMatch(/^\{ list: \["word", /);
    expect(endless).toMatch(/^Set\(100000\) \[0, 1/);
    expect(JSON.stringify([large, endless]).length).toBeLessThan(5_000);
  });
});
