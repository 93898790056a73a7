// Fetch Standard, section 5.5: Response.
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested
test(() => {
  const response = new Response();
  assert_equals(response.type, "default");
  assert_equals(response.url, "");
  assert_equals(response.redirected, false);
  assert_equals(response.status, 200);
  assert_equals(response.ok, true);
  assert_equals(response.statusText, "");
  assert_equals(response.body, null);
  assert_equals(response.bodyUsed, false);
  assert_array_equals([...response.headers], []);
}, "Defaults");

for (const status of [0, 100, 199, 600, 1000, -1]) {
  test(() => {
    assert_throws_js(RangeError, () => new Response("", { status }));
  }, `Status ${status} is refused`);
}

for (const status of [204, 205, 304]) {
  test(() => {
    assert_throws_js(TypeError, () => new Response("x", { status }));
    assert_equals(new Response(null, { status }).status, status);
  }, `Status ${status} has no body`);
}

for (const statusText of ["\n", "\u0100"]) {
  test(
    () => {
      assert_throws_js(TypeError, () => new Response("", { statusText }));
    },
    `Status text ${format_value(statusText)} is refused`,
  );
}

for (const [status, ok] of [
  [200, true],
  [299, true],
  [300, false],
  [404, false],
  [599, false],
]) {
  test(
    () => {
      assert_equals(new Response(null, { status }).ok, ok);
    },
    `${status} is ${ok ? "" : "not "}ok`,
  );
}

promise_test(async () => {
  const response = Response.json({ a: 1 }, { status: 201, headers: { x: "y" } });
  assert_equals(response.status, 201);
  assert_equals(response.headers.get("content-type"), "application/json");
  assert_equals(response.headers.get("x"), "y");
  assert_equals((await response.json()).a, 1);
  assert_equals(Response.json({}, { headers: { "content-type": "a/b" } }).headers.get("content-type"), "a/b");
  assert_throws_js(TypeError, () => Response.json(undefined));
  assert_throws_js(TypeError, () => Response.json(Symbol()));
  assert_throws_js(TypeError, () => Response.json({}, { status: 204 }));
}, "Response.json");

test(() => {
  const response = Response.error();
  assert_equals(response.type, "error");
  assert_equals(response.status, 0);
  assert_throws_js(TypeError, () => response.headers.set("a", "b"));
}, "Response.error");

test(() => {
  const response = Response.redirect("https://example.com/x", 301);
  assert_equals(response.status, 301);
  assert_equals(response.headers.get("location"), "https://example.com/x");
  assert_throws_js(RangeError, () => Response.redirect("https://example.com/", 200));
  assert_throws_js(TypeError, () => Response.redirect("http://"));
}, "Response.redirect");

promise_test(async (test) => {
  const response = new Response("text");
  assert_equals(response.headers.get("content-type"), "text/plain;charset=UTF-8");
  const copy = response.clone();
  assert_equals(await response.text(), "text");
  assert_true(response.bodyUsed);
  assert_equals(await copy.text(), "text");
  assert_throws_js(TypeError, () => response.clone());
  await promise_rejects_js(test, TypeError, response.text());
}, "clone, and one reading each");

promise_test(async (test) => {
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array([0xc3]));
      controller.enqueue(new Uint8Array([0xa9]));
      controller.close();
    },
  });
  assert_equals(await new Response(stream).text(), "\u00e9");
  const wrong = new ReadableStream({
    start(controller) {
      controller.enqueue("text");
      controller.close();
    },
  });
  await promise_rejects_js(test, TypeError, new Response(wrong).text());
}, "A body that is a stream has bytes");

promise_test(async (test) => {
  const failed = new Error("why");
  const stream = new ReadableStream({
    pull() {
      throw failed;
    },
  });
  await promise_rejects_exactly(test, failed, new Response(stream).arrayBuffer());
}, "A stream's error is the reading's");

test(() => {
  const stream = new ReadableStream();
  stream.getReader();
  assert_throws_js(TypeError, () => new Response(stream));
}, "A locked stream is refused");

promise_test(async (test) => {
  await promise_rejects_js(test, SyntaxError, new Response("{").json());
  await promise_rejects_js(
    test,
    TypeError,
    new Response("x", { headers: { "content-type": "a/b" } }).formData(),
  );
  assert_equals(await new Response("\ufeffx").text(), "x");
  assert_equals(await new Response(new Uint8Array([0xff])).text(), "\ufffd");
  assert_equals((await new Response("x", { headers: { "content-type": "A/B" } }).blob()).type, "a/b");
}, "Reading what is not of a form");

promise_test(async () => {
  const reader = new Response("ab").body.getReader();
  const { value, done } = await reader.read();
  assert_false(done);
  assert_array_equals([...value], [97, 98]);
  assert_true((await reader.read()).done);
}, "The body is a stream of bytes");
