// META: title=Request, after the Fetch Standard, section 5.4
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested

const url = "https://web-platform.test:8443/x";
const post = (init = {}) => new Request(url, { method: "POST", ...init });

test(() => {
  const request = new Request(url);
  for (const [key, value] of Object.entries({
    method: "GET",
    url,
    destination: "",
    referrer: "about:client",
    referrerPolicy: "",
    mode: "cors",
    credentials: "same-origin",
    cache: "default",
    redirect: "follow",
    integrity: "",
    keepalive: false,
    isReloadNavigation: false,
    isHistoryNavigation: false,
    duplex: "half",
    body: null,
    bodyUsed: false,
  })) {
    assert_equals(request[key], value, key);
  }
  assert_true(request.headers instanceof Headers);
  assert_true(request.signal instanceof AbortSignal);
  assert_false(request.signal.aborted);
}, "a request has what the standard says when nothing is said");

for (const [name, init] of [
  ["cache", { cache: "no-store" }],
  ["credentials", { credentials: "omit" }],
  ["mode", { mode: "same-origin" }],
  ["redirect", { redirect: "manual" }],
  ["integrity", { integrity: "sha256-abc" }],
  ["keepalive", { keepalive: true }],
  ["referrerPolicy", { referrerPolicy: "no-referrer" }],
  ["duplex", { duplex: "half" }],
]) {
  test(() => {
    const request = new Request(url, init);
    assert_equals(request[name], init[name]);
    assert_equals(new Request(request)[name], init[name]);
    assert_equals(request.clone()[name], init[name]);
  }, `the option ${name}`);
}

for (const [given, method] of [
  ["get", "GET"],
  ["Post", "POST"],
  ["put", "PUT"],
  ["delete", "DELETE"],
  ["head", "HEAD"],
  ["options", "OPTIONS"],
  ["patch", "patch"],
  ["FOO", "FOO"],
]) {
  test(() => {
    assert_equals(new Request(url, { method: given }).method, method);
  }, `the method ${given}`);
}

for (const [name, make] of [
  ["no URL", () => new Request()],
  ["a relative URL", () => new Request("/a")],
  ["a bad URL", () => new Request("https://")],
  ["credentials in the URL", () => new Request("https://a:b@c.test/")],
  ["a method that is none", () => new Request(url, { method: "a b" })],
  ["an empty method", () => new Request(url, { method: "" })],
  ["CONNECT", () => new Request(url, { method: "connect" })],
  ["TRACE", () => new Request(url, { method: "TRACE" })],
  ["a body with GET", () => new Request(url, { body: "a" })],
  ["a body with HEAD", () => new Request(url, { method: "HEAD", body: "" })],
  ["a window", () => new Request(url, { window: 1 })],
  ["mode navigate", () => new Request(url, { mode: "navigate" })],
  ["a mode that is none", () => new Request(url, { mode: "x" })],
  ["a cache that is none", () => new Request(url, { cache: "x" })],
  ["only-if-cached across origins", () => new Request(url, { cache: "only-if-cached" })],
  ["credentials that are none", () => new Request(url, { credentials: "x" })],
  ["a redirect that is none", () => new Request(url, { redirect: "x" })],
  ["a referrer policy that is none", () => new Request(url, { referrerPolicy: "x" })],
  ["a signal that is none", () => new Request(url, { signal: "x" })],
  ["headers that are none", () => new Request(url, { headers: 1 })],
  ["a stream without duplex", () => post({ body: new ReadableStream() })],
  [
    "a stream that is locked",
    () => {
      const body = new ReadableStream();
      body.getReader();
      return post({ body, duplex: "half" });
    },
  ],
  ["options that are no object", () => new Request(url, "x")],
]) {
  test(() => {
    assert_throws_js(TypeError, make);
  }, `not made of ${name}`);
}

for (const [name, body, type] of [
  ["text", "ü", "text/plain;charset=UTF-8"],
  ["parameters", new URLSearchParams("a=b"), "application/x-www-form-urlencoded;charset=UTF-8"],
  ["a blob", new Blob(["x"], { type: "a/b" }), "a/b"],
  ["a blob without a type", new Blob(["x"]), null],
  ["a buffer", new ArrayBuffer(2), null],
  ["a view", new Uint16Array(2), null],
  ["an object", { toString: () => "object" }, "text/plain;charset=UTF-8"],
]) {
  test(() => {
    const request = post({ body });
    assert_equals(request.headers.get("content-type"), type);
    assert_true(request.body instanceof ReadableStream);
    assert_equals(post({ body, headers: { "content-type": "x/y" } }).headers.get("content-type"), "x/y");
  }, `the type of ${name}`);
}

test(() => {
  const request = new Request(new Request(url, { method: "PUT", headers: { a: "b" } }), {
    headers: { c: "d" },
  });
  assert_equals(request.method, "PUT");
  assert_equals(request.headers.get("a"), null);
  assert_equals(request.headers.get("c"), "d");
}, "headers of another request are replaced and not merged");

promise_test(async () => {
  const first = post({ body: "text" });
  const second = new Request(first);
  assert_true(first.bodyUsed);
  assert_false(second.bodyUsed);
  assert_equals(await second.text(), "text");
  assert_true(second.bodyUsed);
  assert_throws_js(TypeError, () => new Request(first));
  assert_throws_js(TypeError, () => first.clone());
}, "a request made of another one takes its body");

promise_test(async () => {
  const first = post({ body: "text" });
  const second = new Request(first, { body: "other" });
  assert_equals(await second.text(), "other");
  assert_false(first.bodyUsed);
}, "a request made of another one with a body of its own leaves that alone");

promise_test(async () => {
  const request = post({ body: "text", headers: { a: "b" } });
  const clone = request.clone();
  clone.headers.set("a", "c");
  assert_equals(request.headers.get("a"), "b");
  assert_equals(await clone.text(), "text");
  assert_equals(await request.text(), "text");
}, "a clone is a request of its own");

test(() => {
  const controller = new AbortController();
  const request = new Request(url, { signal: controller.signal });
  const other = new Request(request);
  const clone = request.clone();
  assert_not_equals(request.signal, controller.signal);
  assert_equals(request.signal, request.signal);
  controller.abort("why");
  for (const { signal } of [request, other, clone]) {
    assert_true(signal.aborted);
    assert_equals(signal.reason, "why");
  }
  assert_true(new Request(request).signal.aborted);
  assert_false(new Request(request, { signal: null }).signal.aborted);
}, "its signal follows the one that was given");

test(() => {
  assert_equals(Object.prototype.toString.call(new Request(url)), "[object Request]");
  assert_equals(Request.length, 1);
  assert_equals(Object.getPrototypeOf(Request.prototype), Object.prototype);
  for (const key of [
    "method",
    "url",
    "headers",
    "body",
    "bodyUsed",
    "signal",
    "clone",
    "text",
    "json",
    "arrayBuffer",
    "blob",
    "bytes",
    "formData",
  ]) {
    const descriptor = Object.getOwnPropertyDescriptor(Request.prototype, key);
    assert_true(descriptor.enumerable, key);
    assert_true(descriptor.configurable, key);
  }
  assert_throws_js(TypeError, () => Request.prototype.url);
  assert_throws_js(TypeError, () => Request(url));
}, "it looks as Web IDL says");

promise_test(
  (t) => promise_rejects_js(t, TypeError, Request.prototype.text.call({})),
  "a method of what is no request rejects",
);
