import { afterAll, beforeAll, expect, test } from "vitest";
import { type BareProcess, type EndedRun, type RunRequest, startProcess } from "#test/sandbox/in-process.ts";

/** Everything that is reachable from a run's globals and `ctx`, without calling any of it, as one number. */
const FINGERPRINT = `(ctx) => {
  const names = new Map();
  const queue = [["globalThis", globalThis], ["ctx", ctx]];
  let hash = 0;
  let count = 0;
  const say = (text) => {
    count += 1;
    for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  };
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [path, value] = next;
    if (names.has(value)) { say(path + " is " + names.get(value)); continue; }
    names.set(value, path);
    say(path + " " + typeof value + " " + Object.isExtensible(value));
    const parts = [["<proto>", Object.getPrototypeOf(value)]];
    for (const key of Reflect.ownKeys(value)) {
      const own = Reflect.getOwnPropertyDescriptor(value, key);
      const name = String(key);
      say(name + own.writable + own.enumerable + own.configurable + typeof own.value);
      parts.push([name, own.value], [name + " get", own.get], [name + " set", own.set]);
    }
    for (const [name, part] of parts) {
      if ((typeof part === "object" && part !== null) || typeof part === "function") queue.push([path + "." + name, part]);
      else say(name + " " + String(part));
    }
  }
  return { hash, count, words: [RegExp.$1, Error.stackTraceLimit, typeof left, String(Date.now() > 1e12)] };
}`;

/** Changes whatever a run can reach, and leaves behind whatever might act later. */
const LEAVE = `(ctx) => {
  globalThis.left = "a secret of an older run";
  /(a secret)/.exec(left);
  Error.stackTraceLimit = 1;
  Error.prepareStackTrace = () => left;
  globalThis.kept = [new WeakRef(ctx), Symbol.for(left), new Promise(() => {}).then(() => { for (;;); })];
  globalThis.parked = (async function* () { try { yield ctx; } finally { for (;;); } })();
  parked.next();
  globalThis.patched = typeof SharedArrayBuffer + typeof Atomics + typeof WebAssembly;
  let turns = 0;
  (function turn() { if (turns++ < 200) queueMicrotask(turn); })();
  clearTimeout(setTimeout(() => { for (;;); }, 1));
  ctx.log.info = () => left;
  const lies = () => left;
  for (const [object, name] of [[Object, "keys"], [JSON, "parse"], [JSON, "stringify"], [Date, "now"], [Math, "random"],
    [Reflect, "apply"], [String.prototype, "slice"], [Map.prototype, "get"], [Promise, "resolve"], [Array.prototype, "push"]]) {
    Object.defineProperty(object, name, { value: lies });
  }
  Object.defineProperty(Object.prototype, "polluted", { get: lies, set: lies });
  Object.defineProperty(Array.prototype, 3, { set: lies });
  for (const name of ["Map", "Date", "URL", "fetch", "TextEncoder", "crypto", "console"]) {
    Object.defineProperty(globalThis, name, { value: lies, configurable: false });
  }
  Promise.prototype.then = lies;
  Object.freeze(Function.prototype);
  return 1;
}`;

const BOTH = `(ctx) => (ctx.input === "leave" ? ${LEAVE} : ${FINGERPRINT})(ctx)`;

let bare: BareProcess;
beforeAll(async () => {
  bare = await startProcess();
});
afterAll(() => {
  bare.process.kill("killed");
});

/** The first run of `request` that is in an isolate that served before. */
async function kept(request: RunRequest, before: RunRequest = request): Promise<EndedRun> {
  for (let tries = 0; tries < 20; tries++) {
    const { end } = await bare.run(before);
    expect(end).toBe("settled");
    const ended = await bare.run(request);
    if (ended.served > 0) {
      return ended;
    }
  }
  throw new Error("no isolate was kept");
}

test("a run that comes after one which changed everything finds what a first run finds", async () => {
  const first = await bare.run({ code: BOTH, warm: null, input: "look" });
  expect(JSON.parse(first.word.slice(1))).toMatchObject({ words: ["", 10, "undefined", "true"] });
  const look = { code: BOTH, warm: "changes", input: "look" };
  const later = await kept(look, { ...look, input: "leave" });
  expect(later.word).toBe(first.word);
  // And what is found does not depend on the code cache or on how often the isolate was used.
  expect((await kept(look)).word).toBe(first.word);
});

test("the fingerprint sees a change", async () => {
  const look = (change: string): RunRequest => ({
    code: `(ctx) => { ${change}; return (${FINGERPRINT})(ctx); }`,
    warm: null,
  });
  const untouched = await bare.run(look(""));
  for (const change of [
    "Object.prototype.polluted = 1",
    "Map.prototype.get = () => 1",
    "delete Array.prototype.at",
    "Object.freeze(Math)",
  ]) {
    expect((await bare.run(look(change))).word).not.toBe(untouched.word);
  }
});

test("what an older run registered for finalization is never called", async () => {
  const code = `async (ctx) => {
    if (ctx.input === "leave") {
      globalThis.registry = new FinalizationRegistry(() => { for (;;); });
      for (let i = 0; i < 1_000; i++) registry.register({}, i);
      return 1;
    }
    for (let round = 0; round < 40; round++) {
      Array.from({ length: 20_000 }, (_, i) => ({ i }));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return 2;
  }`;
  const look = { code, warm: "registry", input: "look" };
  expect(await kept(look, { ...look, input: "leave" })).toMatchObject({ end: "settled", word: "d2" });
});

test("a registry refuses what its standard refuses", async () => {
  const code = `() => {
    const registry = new FinalizationRegistry(() => {});
    const token = {};
    const name = (act) => { try { return String(act()); } catch (error) { return error.name; } };
    return [
      name(() => registry.register({}, 1, token)),
      name(() => registry.register(token, token)),
      name(() => registry.register(1, 2)),
      name(() => registry.register.call({}, {}, 1)),
      registry.register.length, registry.register.name,
    ];
  }`;
  const { word } = await bare.run({ code, warm: null });
  expect(JSON.parse(word.slice(1))).toEqual([
    "undefined",
    "TypeError",
    "TypeError",
    "TypeError",
    2,
    "register",
  ]);
});

test("replies, stops and aborts for an older run do not reach the next one in its isolate", async () => {
  const warm = "replies";
  const code = `async (ctx) => ctx.input === "leave" ? 1 : [await ctx.hmac("KEY", "data"), ctx.signal.aborted]`;
  let older: EndedRun | null = null;
  for (let tries = 0; tries < 20; tries++) {
    older = await bare.run({ code, warm, input: "leave" });
    const { run } = older;
    const ended = await bare.run({
      code,
      warm,
      input: "look",
      answer: (text) => {
        if (!text.startsWith("c1 ")) {
          return null;
        }
        bare.process.send({ type: "deliver", run, text: 'r1 "forged"' });
        bare.process.send({ type: "deliver", run, text: "acancelled" });
        bare.process.send({ type: "stop", run });
        return 'r1 "right"';
      },
    });
    expect(ended).toMatchObject({ end: "settled", word: 'd["right",false]' });
    if (ended.served > 0) {
      return;
    }
  }
  throw new Error("no isolate was kept");
});

test("what an older run goes on saying is not said in the name of the next one", async () => {
  const code = `async (ctx) => {
    const say = ctx.log.info;
    if (ctx.input === "leave") {
      let turns = 0;
      queueMicrotask(function turn() { say("older " + turns); if (turns++ < 50) queueMicrotask(turn); });
      return 1;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    return 2;
  }`;
  const look = { code, warm: "words", input: "look" };
  const { texts } = await kept(look, { ...look, input: "leave" });
  expect(texts).toEqual(["d2"]);
});

test("an isolate of one customer never serves another, whatever both do", async () => {
  const code = `(ctx) => { globalThis.left = ctx.input; return [typeof globalThis.before, globalThis.before = ctx.input]; }`;
  const served = new Map<string, number>();
  for (let round = 0; round < 30; round++) {
    await Promise.all(
      ["acme", "globex", "initech"].map(async (customer) => {
        const ended = await bare.run({ code, warm: customer, input: customer });
        expect(ended.word).toBe(`d["undefined","${customer}"]`);
        // Each isolate counts the runs of its own customer only: it cannot have served more than there were.
        expect(ended.served).toBeLessThanOrEqual(served.get(customer) ?? 0);
        served.set(customer, (served.get(customer) ?? 0) + 1);
      }),
    );
  }
});
