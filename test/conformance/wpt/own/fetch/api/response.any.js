// META: title=Response and bodies, after the Fetch Standard, sections 5.2, 5.3 and 5.5
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested

test(() => {
  const response = new Response();
  for (const [key, value] of Object.entries({
    type: "default",
    url: "",
    redirected: false,
    status: 200,
    ok: true,
    statusText: "",
    body: null,
    bodyUsed: false,
  })) {
    assert_equals(response[key], value, key);
  }
}, "a response has what the standard says when nothing is said");

for (const status of [200, 299, 300, 404, 599]) {
  test(() => {
    const response = new Response("x", { status, statusText: "why not" });
    assert_equals(response.status, status);
    assert_equals(response.statusText, "why not");
    assert_equals(response.ok, status < 300);
  }, `the status ${status}`);
}

for (const [name, make, type] of [
  ["a status below 200", () => new Response("", { status: 199 }), RangeError],
  ["a status above 599", () => new Response("", { status: 600 }), RangeError],
  ["a status that is none", () => new Response("", { status: "x" }), RangeError],
  ["a status text of two lines", () => new Response("", { statusText: "a\nb" }), TypeError],
  ["a status text beyond Latin-1", () => new Response("", { statusText: "\u0100" }), TypeError],
  ["a body with 204", () => new Response("", { status: 204 }), TypeError],
  ["a body with 205", () => new Response("", { status: 205 }), TypeError],
  ["a body with 304", () => new Response("", { status: 304 }), TypeError],
  ["headers that are none", () => new Response("", { headers: 1 }), TypeError],
  ["options that are no object", () => new Response("", 1), TypeError],
  [
    "a stream that is locked",
    () => {
      const stream = new ReadableStream();
      stream.getReader();
      return new Response(stream);
    },
    TypeError,
  ],
]) {
  test(() => {
    assert_throws_js(type, make);
  }, `not made of ${name}`);
}

test(() => {
  assert_equals(new Response(null, { status: 204 }).body, null);
  assert_equals(new Response(undefined, { status: 304 }).status, 304);
}, "a status without a body is fine without one");

test(() => {
  const response = Response.error();
  assert_equals(response.type, "error");
  assert_equals(response.status, 0);
  assert_false(response.ok);
  assert_equals(response.body, null);
  assert_throws_js(TypeError, () => response.headers.append("a", "b"));
}, "Response.error");

for (const status of [301, 302, 303, 307, 308]) {
  test(() => {
    const response = Response.redirect("https://a.test/b c", status);
    assert_equals(response.status, status);
    assert_equals(response.headers.get("location"), "https://a.test/b%20c");
    assert_throws_js(TypeError, () => response.headers.set("a", "b"));
  }, `Response.redirect with ${status}`);
}

test(() => {
  assert_equals(Response.redirect("https://a.test/").status, 302);
  for (const status of [200, 300, 304, 400]) {
    assert_throws_js(RangeError, () => Response.redirect("https://a.test/", status));
  }
  assert_throws_js(TypeError, () => Response.redirect("https://:bad"));
  assert_throws_js(TypeError, () => Response.redirect());
}, "Response.redirect refuses other statuses and what is no URL");

promise_test(async () => {
  const response = Response.json({ a: [1, null] }, { status: 201, headers: { x: "y" } });
  assert_equals(response.status, 201);
  assert_equals(response.headers.get("content-type"), "application/json");
  assert_equals(response.headers.get("x"), "y");
  assert_equals(await response.text(), '{"a":[1,null]}');
  assert_equals(Response.json(1, { headers: { "content-type": "a/b" } }).headers.get("content-type"), "a/b");
  assert_throws_js(TypeError, () => Response.json(undefined));
  assert_throws_js(TypeError, () => Response.json(Symbol("x")));
  assert_throws_js(TypeError, () => Response.json());
  assert_throws_js(TypeError, () => Response.json(1, { status: 204 }));
  const circle = {};
  circle.circle = circle;
  assert_throws_js(TypeError, () => Response.json(circle));
}, "Response.json");

const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0xc3, 0xbc, 0xff]);
const sources = {
  bytes: () => bytes,
  "a blob": () => new Blob([bytes]),
  "a stream": () => new Blob([bytes]).stream(),
  "a stream of pieces": () =>
    new ReadableStream({
      start(controller) {
        for (const byte of bytes) {
          controller.enqueue(new Uint8Array([byte]));
        }
        controller.close();
      },
    }),
};
for (const [name, make] of Object.entries(sources)) {
  promise_test(async () => {
    assert_equals(await new Response(make()).text(), "aü\ufffd");
    assert_array_equals(await new Response(make()).bytes(), bytes);
    assert_array_equals(new Uint8Array(await new Response(make()).arrayBuffer()), bytes);
    const blob = await new Response(make(), { headers: { "content-type": "A/B; C=D" } }).blob();
    assert_equals(blob.type, "a/b;c=D");
    assert_equals(blob.size, bytes.length);
  }, `${name} as text, bytes, a buffer, a blob`);

  promise_test(async (t) => {
    const response = new Response(make());
    const { body } = response;
    assert_equals(response.body, body);
    const reading = response.text();
    assert_true(response.bodyUsed);
    assert_true(body.locked);
    await promise_rejects_js(t, TypeError, response.text());
    await reading;
    await promise_rejects_js(t, TypeError, response.arrayBuffer());
    assert_throws_js(TypeError, () => response.clone());
  }, `${name} is read once`);

  promise_test(async () => {
    const response = new Response(make());
    const clone = response.clone();
    assert_not_equals(response.body, clone.body);
    const [one, other] = await Promise.all([response.bytes(), clone.bytes()]);
    assert_array_equals(one, bytes);
    assert_array_equals(other, bytes);
    assert_not_equals(one.buffer, other.buffer);
  }, `${name} is read of a clone too`);

  promise_test(async () => {
    const response = new Response(make());
    const seen = [];
    for await (const piece of response.body) {
      assert_true(piece instanceof Uint8Array);
      seen.push(...piece);
    }
    assert_array_equals(seen, bytes);
    assert_true(response.bodyUsed);
  }, `${name} as a stream`);
}

promise_test(async (t) => {
  const response = new Response("text");
  await response.body.cancel();
  assert_true(response.bodyUsed);
  await promise_rejects_js(t, TypeError, response.text());
}, "a body whose stream was cancelled is used");

promise_test(async (t) => {
  const response = new Response("text");
  const reader = response.body.getReader();
  assert_false(response.bodyUsed);
  await promise_rejects_js(t, TypeError, response.text());
  reader.releaseLock();
  assert_equals(await response.text(), "text");
}, "a body whose stream is locked can be read when it is not any more");

promise_test(async () => {
  const response = new Response("text");
  await response.text();
  assert_true(response.body.locked);
  assert_true(response.bodyUsed);
}, "a stream that is asked for after the body was read is locked");

promise_test(async () => {
  const response = new Response(null);
  assert_equals(await response.text(), "");
  assert_equals((await response.arrayBuffer()).byteLength, 0);
  assert_equals((await response.blob()).size, 0);
  assert_false(response.bodyUsed);
}, "no body is read any number of times");

promise_test(async (t) => {
  const error = new RangeError("mine");
  const failing = () => new ReadableStream({ pull: (controller) => controller.error(error) });
  await promise_rejects_exactly(t, error, new Response(failing()).text());
  await promise_rejects_js(
    t,
    TypeError,
    new Response(new ReadableStream({ start: (c) => c.enqueue("text") })).text(),
  );
  await promise_rejects_js(t, SyntaxError, new Response("{").json());
  await promise_rejects_js(t, SyntaxError, new Response("").json());
  assert_equals(await new Response('"\ufeffx"').json(), "\ufeffx");
  assert_equals(await new Response("\ufeff1").json(), 1);
}, "what cannot be read rejects");

for (const [name, type, text, expected] of [
  [
    "parameters",
    "application/x-www-form-urlencoded",
    "a=b+c&a=%C3%BC&d",
    [
      ["a", "b c"],
      ["a", "ü"],
      ["d", ""],
    ],
  ],
  [
    "a form",
    "multipart/form-data; boundary=X",
    '--X\r\nContent-Disposition: form-data; name="a%22b"\r\n\r\nc\r\nd\r\n--X--\r\n',
    [['a"b', "c\r\nd"]],
  ],
  ["an empty form", "multipart/form-data; boundary=X", "--X--\r\n", []],
  [
    "a form with a quoted boundary",
    'Multipart/Form-Data; boundary="X Y"',
    '--X Y\r\ncontent-disposition: form-data; name="a"\r\n\r\n\r\n--X Y--',
    [["a", ""]],
  ],
]) {
  promise_test(async () => {
    const form = await new Response(text, { headers: { "content-type": type } }).formData();
    assert_equals(JSON.stringify([...form]), JSON.stringify(expected));
  }, `formData of ${name}`);
}

promise_test(async () => {
  const body =
    '--X\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/x\r\n\r\n\0\xff\r\n--X--';
  const bytes = Uint8Array.from(body, (character) => character.charCodeAt(0));
  const file = (
    await new Response(bytes, { headers: { "content-type": "multipart/form-data; boundary=X" } }).formData()
  ).get("f");
  assert_true(file instanceof File);
  assert_equals(file.name, "a.txt");
  assert_equals(file.type, "text/x");
  assert_array_equals(await file.bytes(), [0, 255]);
}, "formData of a form with a file");

for (const [name, type, text] of [
  ["another type", "text/plain", "a=b"],
  ["no boundary", "multipart/form-data", "--X--"],
  ["another boundary", "multipart/form-data; boundary=Y", "--X--"],
  [
    "a part without an end",
    "multipart/form-data; boundary=X",
    '--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
  ],
  [
    "a part without a name",
    "multipart/form-data; boundary=X",
    "--X\r\nContent-Disposition: form-data\r\n\r\nb\r\n--X--",
  ],
  ["a part without headers", "multipart/form-data; boundary=X", "--X\r\n\r\nb\r\n--X--"],
]) {
  promise_test(
    (t) =>
      promise_rejects_js(t, TypeError, new Response(text, { headers: { "content-type": type } }).formData()),
    `formData refuses ${name}`,
  );
}

promise_test(async () => {
  const form = new FormData();
  form.append("a\n", "b\nc\r\nd");
  form.append("file", new Blob(["x"]), 'n"a\r.txt');
  const response = new Response(form);
  assert_regexp_match(response.headers.get("content-type"), /^multipart\/form-data; ?boundary=.+/);
  const [, boundary] = /boundary=(.*)$/.exec(response.headers.get("content-type"));
  assert_equals(
    (await response.text()).replaceAll(boundary, "X").trim(),
    '--X\r\nContent-Disposition: form-data; name="a%0D%0A"\r\n\r\nb\r\nc\r\nd\r\n--X\r\nContent-Disposition: form-data; name="file"; filename="n%22a%0D.txt"\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n--X--',
  );
}, "a form is written as HTML says");

test(() => {
  assert_equals(Object.prototype.toString.call(new Response()), "[object Response]");
  assert_equals(Response.length, 0);
  for (const key of ["error", "redirect", "json"]) {
    assert_true(Object.getOwnPropertyDescriptor(Response, key).enumerable, key);
  }
  assert_throws_js(TypeError, () => Response.prototype.status);
  assert_throws_js(TypeError, () => Response());
}, "it looks as Web IDL says");
