// Fetch Standard, section 5.4: Request.
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested
const HERE = "https://example.com/a?b#c";

test(() => {
  const request = new Request(HERE);
  assert_equals(request.url, HERE);
  assert_equals(request.method, "GET");
  assert_equals(request.body, null);
  assert_equals(request.bodyUsed, false);
  assert_equals(request.redirect, "follow");
  assert_equals(request.credentials, "same-origin");
  assert_equals(request.cache, "default");
  assert_equals(request.mode, "cors");
  assert_equals(request.referrer, "about:client");
  assert_equals(request.integrity, "");
  assert_equals(request.keepalive, false);
  assert_true(request.signal instanceof AbortSignal);
  assert_true(request.headers instanceof Headers);
}, "Defaults");

for (const [given, expected] of [
  ["get", "GET"],
  ["Post", "POST"],
  ["pUt", "PUT"],
  ["delete", "DELETE"],
  ["patch", "patch"],
  ["Custom", "Custom"],
]) {
  test(() => {
    assert_equals(new Request(HERE, { method: given }).method, expected);
  }, `Method ${given}`);
}

for (const init of [
  { method: "TRACE" },
  { method: "CONNECT" },
  { method: "a b" },
  { method: "" },
  { body: "x" },
  { method: "HEAD", body: "x" },
  { redirect: "no" },
  { mode: "navigate" },
  { credentials: "no" },
  { signal: {} },
  { window: "x" },
  { method: "POST", body: new ReadableStream() },
]) {
  test(
    () => {
      assert_throws_js(TypeError, () => new Request(HERE, init));
    },
    `Refused: ${format_value(Object.entries(init).flat().join(" "))}`,
  );
}

for (const url of ["https://user@example.com/", "https://:word@example.com/", "http://"]) {
  test(() => {
    assert_throws_js(TypeError, () => new Request(url));
  }, `Refused: ${url}`);
}

for (const [body, type] of [
  ["text", "text/plain;charset=UTF-8"],
  [new URLSearchParams("a=1"), "application/x-www-form-urlencoded;charset=UTF-8"],
  [new Blob(["x"], { type: "a/b" }), "a/b"],
  [new Blob(["x"]), null],
  [new Uint8Array([120]), null],
]) {
  test(
    () => {
      const request = new Request(HERE, { method: "POST", body });
      assert_equals(request.headers.get("content-type"), type);
      assert_true(request.body instanceof ReadableStream);
    },
    `The type of a body: ${format_value(type)} of ${Object.prototype.toString.call(body)}`,
  );
}

promise_test(async () => {
  const first = new Request(HERE, { method: "POST", body: "text", headers: { "Content-Type": "a/b" } });
  const second = new Request(first, { headers: { x: "y" } });
  assert_true(first.bodyUsed);
  assert_equals(second.method, "POST");
  assert_equals(second.headers.get("x"), "y");
  assert_equals(await second.text(), "text");
  assert_throws_js(TypeError, () => new Request(first));
}, "A request made of another one takes its body");

promise_test(async (test) => {
  const request = new Request(HERE, { method: "POST", body: '{"a":[1]}' });
  const copy = request.clone();
  assert_equals((await request.json()).a[0], 1);
  assert_true(request.bodyUsed);
  assert_false(copy.bodyUsed);
  assert_equals(await copy.text(), '{"a":[1]}');
  assert_throws_js(TypeError, () => request.clone());
  await promise_rejects_js(test, TypeError, request.text());
}, "clone, and one reading each");

promise_test(async () => {
  const request = new Request(HERE, { method: "POST", body: "ab" });
  assert_equals((await request.clone().arrayBuffer()).byteLength, 2);
  assert_array_equals([...(await request.clone().bytes())], [97, 98]);
  assert_equals((await request.clone().blob()).size, 2);
  const form = await new Request(HERE, { method: "POST", body: new URLSearchParams("a=1&a=2") }).formData();
  assert_array_equals(form.getAll("a"), ["1", "2"]);
}, "The forms of a body");

test(() => {
  const controller = new AbortController();
  const request = new Request(HERE, { signal: controller.signal });
  assert_not_equals(request.signal, controller.signal);
  controller.abort("why");
  assert_true(request.signal.aborted);
  assert_equals(request.signal.reason, "why");
}, "A request follows the signal that it was made with");
