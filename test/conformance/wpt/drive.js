// oxlint-disable no-unused-expressions, no-eval -- a function by itself, as text; test files are global scripts
/**
 * Runs one web-platform test and reports each subtest as `[name, status, message]`; 0 is passed. Its text is
 * evaluated where the test is to run: in an isolate of the product, or in a worker thread of Node.
 */
(async function drive({ harness, source, resources, folder, search, finishes, limitMs, report }) {
  const { setTimeout, clearTimeout, fetch } = globalThis;
  const origin = "https://web-platform.test:8443";
  const define = (name, value) => {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  };
  if (typeof self === "undefined") {
    define("self", globalThis);
  }
  define("GLOBAL", { isWindow: () => false, isWorker: () => false, isShadowRealm: () => false });
  if (source.includes("idl_test(")) {
    // Interfaces are looked for where a window would have them.
    define("Window", Object.getPrototypeOf(globalThis).constructor);
  }
  define("location", new URL(`${origin}/${folder}${search}`));
  // What the test's server would serve is in `resources`.
  define("fetch", async (...given) => {
    const path = typeof given[0] === "string" ? new URL(given[0], location).pathname : "";
    const text = resources[path];
    return text === undefined
      ? await fetch(...given)
      : { ok: true, status: 200, text: async () => text, json: async () => JSON.parse(text) };
  });
  const evaluate = globalThis.eval;
  evaluate(harness);
  const results = [];
  const flush = () => {
    if (results.length > 0) {
      report(results.splice(0));
    }
  };
  const completed = new Promise((resolve) => {
    add_completion_callback(resolve);
  });
  add_result_callback((subtest) => {
    results.push([
      subtest.name,
      subtest.status,
      subtest.status === 0 ? "" : String(subtest.message).slice(0, 300),
    ]);
    if (results.length >= 50) {
      flush();
    }
  });
  setup({ explicit_done: true });
  try {
    evaluate(source);
    if (!finishes) {
      done();
    }
  } catch (error) {
    results.push(["(the file)", 1, String(error).slice(0, 300)]);
    flush();
    return;
  }
  let timer;
  await Promise.race([
    completed,
    new Promise((resolve) => {
      timer = setTimeout(resolve, limitMs);
    }),
  ]);
  clearTimeout(timer);
  flush();
});
