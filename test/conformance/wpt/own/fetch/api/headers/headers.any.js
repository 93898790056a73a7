// Fetch Standard, section 5.1: Headers.
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested
for (const [name, init] of [
  ["a record", { b: "2", A: "1" }],
  [
    "pairs",
    [
      ["b", "2"],
      ["A", "1"],
    ],
  ],
  ["Headers", new Headers({ b: "2", A: "1" })],
  [
    "a Map",
    new Map([
      ["b", "2"],
      ["A", "1"],
    ]),
  ],
]) {
  test(() => {
    assert_array_equals([...new Headers(init)].flat(), ["a", "1", "b", "2"]);
  }, `Headers of ${name} are sorted and in lower case`);
}

test(() => {
  const headers = new Headers();
  headers.append("Accept", "a");
  headers.append("accept", "b");
  assert_equals(headers.get("ACCEPT"), "a, b");
  headers.set("accept", "c");
  assert_equals(headers.get("accept"), "c");
  headers.delete("Accept");
  assert_false(headers.has("accept"));
  assert_equals(headers.get("accept"), null);
}, "append joins, set replaces, delete takes away");

test(() => {
  const headers = new Headers();
  headers.append("set-cookie", "a=1");
  headers.append("x", "y");
  headers.append("Set-Cookie", "b=2");
  assert_array_equals(headers.getSetCookie(), ["a=1", "b=2"]);
  assert_equals(headers.get("set-cookie"), "a=1, b=2");
  assert_array_equals([...headers].flat(), ["set-cookie", "a=1", "set-cookie", "b=2", "x", "y"]);
}, "Cookies are set one by one");

for (const value of [" a ", "\ta", "a\r\n", "\n a"]) {
  test(
    () => {
      assert_equals(new Headers({ x: value }).get("x"), "a");
    },
    `${format_value(value)} is trimmed`,
  );
}

for (const name of ["", "a b", "a:", "\u00e9", "a\n", "(a)"]) {
  test(
    () => {
      const headers = new Headers();
      assert_throws_js(TypeError, () => headers.append(name, "x"));
      assert_throws_js(TypeError, () => headers.set(name, "x"));
      assert_throws_js(TypeError, () => headers.get(name));
      assert_throws_js(TypeError, () => headers.has(name));
      assert_throws_js(TypeError, () => headers.delete(name));
      assert_throws_js(TypeError, () => new Headers({ [name]: "x" }));
    },
    `${format_value(name)} is no name`,
  );
}

for (const value of ["a\0b", "a\nb", "a\rb", "\u0100"]) {
  test(
    () => {
      assert_throws_js(TypeError, () => new Headers({ x: value }));
      assert_throws_js(TypeError, () => new Headers().append("x", value));
    },
    `${format_value(value)} is no value`,
  );
}

test(() => {
  assert_throws_js(TypeError, () => new Headers(null));
  assert_throws_js(TypeError, () => new Headers(1));
  assert_throws_js(TypeError, () => new Headers([["a"]]));
  assert_throws_js(TypeError, () => new Headers([["a", "b", "c"]]));
  assert_throws_js(TypeError, () => new Headers(["ab", "c"]));
}, "What headers cannot be made of");

test(() => {
  const headers = new Headers({ a: "1", b: "2", c: "3" });
  const seen = [];
  for (const [name] of headers) {
    seen.push(name);
    if (name === "a") {
      headers.delete("b");
      headers.append("d", "4");
    }
  }
  assert_array_equals(seen, ["a", "c", "d"]);
}, "Iteration sees changes");

test(() => {
  const iterator = new Headers({ a: "1" }).entries();
  assert_equals(Object.prototype.toString.call(iterator), "[object Headers Iterator]");
  assert_equals(iterator[Symbol.iterator](), iterator);
  assert_equals(Headers.prototype[Symbol.iterator], Headers.prototype.entries);
  assert_equals(Object.prototype.toString.call(new Headers()), "[object Headers]");
}, "The interface and its iterator");

test(() => {
  const seen = [];
  new Headers({ b: "2", a: "1" }).forEach((value, name) => seen.push(name, value));
  assert_array_equals(seen, ["a", "1", "b", "2"]);
  assert_throws_js(TypeError, () => new Headers().forEach());
}, "forEach");
