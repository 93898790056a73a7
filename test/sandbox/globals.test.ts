import { afterAll, describe, expect, it } from "vitest";
import { resultOf, run, startPool } from "#test/host/sandbox-pool.ts";

const pool = await startPool({ processes: 1 });

afterAll(async () => {
  await pool.close();
});

/** What the statements of a workflow log, each line with its level. */
async function logged(statements: string): Promise<string[]> {
  const { lines } = await run(pool, `async () => { ${statements} }`);
  return lines.map(({ level, message }) => `${level} ${message}`);
}

async function result(statements: string): Promise<unknown> {
  return resultOf(await run(pool, `async () => { ${statements} }`));
}

describe("the console", () => {
  it("fills in directives, and shows what is left", async () => {
    expect(
      await logged(
        `console.log("%s is %d, %i, %f; %o %O %j %% %c.", "x", "1.5", "1.5", 2.5, { a: 1 }, [1], { b: 2 }, "css", "rest")`,
      ),
    ).toEqual(['info x is 1.5, 1, 2.5; { a: 1 } [1] {"b":2} % . rest']);
  });

  it("indents groups, line by line", async () => {
    expect(
      await logged(
        `console.group("G"); console.log("a\\nb"); console.groupCollapsed("H"); console.warn("c");
         console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log("d")`,
      ),
    ).toEqual(["info G", "info   a\n  b", "info   H", "warn     c", "info d"]);
  });

  it("counts, and says what it does not count", async () => {
    expect(
      await logged(`console.count(); console.count("x"); console.count(); console.countReset(); console.count();
        console.countReset("y")`),
    ).toEqual([
      "info default: 1",
      "info x: 1",
      "info default: 2",
      "info default: 1",
      "warn Count for 'y' does not exist",
    ]);
  });

  it("lays out tables", async () => {
    expect(await logged(`console.table([{ a: 1, b: "x" }, { a: 22 }]); console.table({ r: 1 })`)).toEqual([
      'info (index) | a  | b\n0       | 1  | "x"\n1       | 22 |'.replaceAll('"x"', "x"),
      "info (index) | Values\nr       | 1",
    ]);
  });

  it("asserts, traces to the author's own line, and tells causes", async () => {
    const lines = await logged(
      `console.assert(true, "no"); console.assert(false, "as %s", "said"); console.trace("here");
       console.error(new Error("outer", { cause: new TypeError("inner") }))`,
    );
    expect(lines[0]).toBe("error Assertion failed: as said");
    expect(lines[1]).toMatch(/^debug Trace: here \n {4}at default \(workflow\.js:\d+:\d+\)$/);
    expect(lines[2]).toMatch(/^error Error: outer\n[^]*\[cause\]: TypeError: inner/);
    expect(lines.join("\n")).not.toContain("prelude");
  });

  it("keeps what stands after an error, and not the product's own frames", async () => {
    const lines = await logged(
      // A reaction's stack ends in a frame of the prelude, so does one of code that the prelude called.
      `const thrown = await new Promise((resolve) => { setTimeout(() => { resolve(new Error("mid")); }, 1); });
       console.log("before", thrown, "after"); console.log({ err: thrown, orderId: 5 }); console.log([thrown, thrown, 7]);
       console.log(new AggregateError([thrown], "many"), "end"); console.log({ quoted: thrown.stack, orderId: 6 });
       console.log(thrown.stack.includes("prelude"))`,
    );
    const stack = String.raw`Error: mid(?:\n {4}at [^\n]*workflow\.js:\d+:\d+\)?)+`;
    expect(lines[0]).toMatch(new RegExp(`^info before ${stack} after$`));
    expect(lines[1]).toMatch(new RegExp(`^info { err: ${stack}, orderId: 5 }$`));
    expect(lines[2]).toMatch(new RegExp(`^info \\[${stack}, ${stack}, 7\\]$`));
    expect(lines[3]).toMatch(/^info AggregateError: many\n[^]*\[errors\]: \[Error: mid\n[^]*\] end$/);
    expect(lines[4]).toMatch(
      /^info \{ quoted: "Error: mid\\n {4}at .*workflow\.js:\d+:\d+\)?", orderId: 6 \}$/,
    );
    expect(lines[5]).toBe("info true");
    expect(lines.join("\n")).not.toContain("tenon:");
  });

  it("shows classes, interfaces and circles, and calls no getter", async () => {
    const lines = await logged(
      `class Order { id = 7 }; const loop = { name: "l" }; loop.self = loop;
       let called = 0; const trap = { get x() { called += 1; return 1 } };
       console.log(new Order(), new URL("https://a.example/b"), new Headers({ a: "b" }), loop, trap, called);
       console.log(new Uint8Array(2), new Date(NaN), /x/g, new Map([[1, new Set([2])]]), function named() {})`,
    );
    expect(lines).toEqual([
      'info Order { id: 7 } URL { href: "https://a.example/b" } Headers { a: "b" } { name: "l", self: [circular] } { x: [getter] } 0',
      "info Uint8Array(2) [0, 0] Invalid Date /x/g Map(1) [[1, Set(1) [2]]] [function named]",
    ]);
  });
});

describe("timers", () => {
  it("let promises settle in between, and call with the global object", async () => {
    expect(
      await result(
        `const seen = [];
         setTimeout(() => { seen.push(1); Promise.resolve().then(() => 0).then(() => seen.push("after 1")); }, 1);
         setTimeout(function (value) { seen.push(value, this === globalThis); }, 1, 2);
         await new Promise((resolve) => setTimeout(resolve, 20));
         return seen;`,
      ),
    ).toEqual([1, "after 1", 2, true]);
  });

  it("run many that are due at once without a wait for each", async () => {
    expect(
      await result(
        `const start = performance.now();
         await Promise.all(Array.from({ length: 2_000 }, () => new Promise((resolve) => setTimeout(resolve, 1))));
         return performance.now() - start < 1_900;`,
      ),
    ).toBe(true);
  });
});

describe("errors that nobody catches", () => {
  it("fail the run, also by reportError", async () => {
    const ran = await run(pool, `async () => { reportError(new RangeError("told")); return 1; }`);
    expect(ran).toMatchObject({ status: "failed", error: { name: "RangeError", message: "told" } });
  });

  it("are told with what they hold when they are no Errors, also as causes, and no getter is called", async () => {
    const message = async (thrown: string) => {
      const ran = await run(pool, `async () => { ${thrown} }`);
      return ran.status === "failed" ? ran.error : ran.status;
    };
    const object = `{ status: 404, body: { id: "x" }, get trap() { throw new Error("called"); } }`;
    const words = '{ status: 404, body: { id: "x" }, trap: [getter] }, which is not an Error.';
    expect(await message(`throw ${object}`)).toMatchObject({ message: `The workflow threw ${words}` });
    expect(await message(`throw new (class Order { id = 7 })`)).toMatchObject({
      message: "The workflow threw Order { id: 7 }, which is not an Error.",
    });
    expect(await message(`throw new Error("x", { cause: ${object} })`)).toMatchObject({
      cause: { message: `Caused by ${words}` },
    });
    expect(await message(`throw new AggregateError([${object}, "word"], "x")`)).toMatchObject({
      errors: [
        { message: `One of the errors is ${words}` },
        { message: 'One of the errors is "word", which is not an Error.' },
      ],
    });
    const held = await message(`throw { error: new Error("held") }`);
    expect(JSON.stringify(held)).toContain("workflow.js:");
    expect(JSON.stringify(held)).not.toContain("tenon:");
    const long = await message(`throw { text: "x".repeat(100_000) }`);
    expect(JSON.stringify(long).length).toBeLessThan(2_000);
  });

  it("keep the causes of those that stand side by side, as many as there is room for", async () => {
    const ran = await run(
      pool,
      `async () => {
         const chain = (depth) => new Error("e" + depth, { cause: depth === 9 ? undefined : chain(depth + 1) });
         throw new AggregateError([chain(0), new Error("b", { cause: { status: 502 } })], "many");
       }`,
    );
    expect(ran).toMatchObject({
      status: "failed",
      error: {
        errors: [
          { message: "e0", cause: { message: "e1", cause: { message: "e2", cause: null } } },
          {
            message: "b",
            cause: { message: "Caused by { status: 502 }, which is not an Error.", cause: null },
          },
        ],
      },
    });
  });

  it("are a listener's own when it prevents the default", async () => {
    expect(
      await result(
        `const seen = [];
         addEventListener("error", (event) => { seen.push(event.error.message); event.preventDefault(); });
         setTimeout(() => { throw new Error("thrown"); }, 1);
         queueMicrotask(() => { throw new Error("micro"); });
         reportError(new Error("told"));
         await new Promise((resolve) => setTimeout(resolve, 10));
         return seen;`,
      ),
    ).toEqual(["told", "micro", "thrown"]);
  });

  it("are taken by onerror, which returns true", async () => {
    expect(
      await result(
        `let given; globalThis.onerror = (...values) => { given = values; return true; };
         reportError(new Error("told"));
         return [given[0], given.length, given[4] instanceof Error];`,
      ),
    ).toEqual(["told", 5, true]);
  });

  it("fail the run when a listener only looks on, or throws itself", async () => {
    for (const listener of ["() => {}", '() => { throw new Error("second"); }']) {
      const ran = await run(
        pool,
        `async () => { addEventListener("error", ${listener}); reportError(new Error("first")); return 1; }`,
      );
      expect(ran).toMatchObject({ status: "failed" });
    }
  });
});

describe("the clock and the name of the runtime", () => {
  it("begin with the run and never go back", async () => {
    const [now, later, origin, agent] = (await result(
      `const now = performance.now(); return [now, performance.now(), performance.timeOrigin, navigator.userAgent];`,
    )) as [number, number, number, string];
    expect(now).toBeLessThan(5_000);
    expect(later).toBeGreaterThanOrEqual(now);
    expect(Math.abs(Date.now() - origin)).toBeLessThan(60_000);
    expect(agent).toBe("Tenon");
  });
});

describe("structuredClone", () => {
  it("leaves buffers to their owner when a part cannot be cloned", async () => {
    expect(
      await result(
        `const buffer = new ArrayBuffer(8);
         let name; try { structuredClone([buffer, () => 1], { transfer: [buffer] }); } catch (error) { name = error.name; }
         const kept = buffer.byteLength;
         const copy = structuredClone({ view: new Uint16Array(buffer, 2, 2) }, { transfer: [buffer] });
         return [name, kept, buffer.detached, copy.view.byteOffset, copy.view.length];`,
      ),
    ).toEqual(["DataCloneError", 8, true, 2, 2]);
  });

  it("keeps circles through errors, maps and lists", async () => {
    expect(
      await result(
        `const error = new TypeError("t"); error.cause = { error, list: [new Map([[error, new Set([error])]])] };
         const copy = structuredClone(error); const [map] = copy.cause.list;
         return [copy !== error, copy instanceof TypeError, copy.cause.error === copy, map.get(copy).has(copy)];`,
      ),
    ).toEqual([true, true, true, true]);
  });

  it("refuses objects of the platform, and copies blobs", async () => {
    expect(
      await result(
        `const refused = [new URL("https://a.example"), new Headers(), new AbortController(), performance, Symbol(), new WeakMap()]
           .map((value) => { try { structuredClone(value); return "copied"; } catch (error) { return error.name; } });
         return [[...new Set(refused)], await structuredClone(new Blob(["x"])).text()];`,
      ),
    ).toEqual([["DataCloneError"], "x"]);
  });
});
