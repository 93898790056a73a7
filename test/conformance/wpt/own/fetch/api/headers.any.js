// META: title=Headers, after the Fetch Standard, section 5.1
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested

const pairsOf = (headers) => [...headers];

for (const [name, init, expected] of [
  ["nothing", undefined, []],
  ["an empty object", {}, []],
  [
    "an object",
    { b: "2", A: "1" },
    [
      ["a", "1"],
      ["b", "2"],
    ],
  ],
  [
    "pairs",
    [
      ["b", "2"],
      ["A", "1"],
      ["a", "3"],
    ],
    [
      ["a", "1, 3"],
      ["b", "2"],
    ],
  ],
  ["a map", new Map([["x", "y"]]), [["x", "y"]]],
  ["headers", new Headers({ x: "y" }), [["x", "y"]]],
  [
    "values that are no strings",
    { a: 1, b: null, c: undefined, d: { toString: () => "e" } },
    [
      ["a", "1"],
      ["b", "null"],
      ["c", "undefined"],
      ["d", "e"],
    ],
  ],
  [
    "a generator",
    (function* () {
      yield ["a", "b"];
    })(),
    [["a", "b"]],
  ],
  [
    "cookies",
    [
      ["set-cookie", "b=1"],
      ["Set-Cookie", "a=2"],
      ["a", "z"],
    ],
    [
      ["a", "z"],
      ["set-cookie", "b=1"],
      ["set-cookie", "a=2"],
    ],
  ],
  ["values with spaces around", { a: " \t\r\n b  c \n" }, [["a", "b  c"]]],
  [
    "empty values",
    [
      ["a", ""],
      ["a", ""],
    ],
    [["a", ", "]],
  ],
  ["Latin-1", { a: "\xff" }, [["a", "\xff"]]],
]) {
  test(() => {
    assert_array_equals(pairsOf(new Headers(init)).map(String), expected.map(String));
  }, `made of ${name}`);
}

for (const [name, init] of [
  ["null", null],
  ["a number", 1],
  ["a string", "a"],
  ["a pair that is too short", [["a"]]],
  ["a pair that is too long", [["a", "b", "c"]]],
  ["pairs that are none", ["ab", 1]],
  ["an empty name", { "": "a" }],
  ["a name with a space", { "a b": "c" }],
  ["a name beyond ASCII", { ä: "c" }],
  ["a name with a colon", [["a:", "b"]]],
  ["a value with a line break", { a: "b\nc" }],
  ["a value with NUL", { a: "b\0c" }],
  ["a value beyond Latin-1", { a: "\u0100" }],
  ["a symbol as a value", { a: Symbol("x") }],
  ["a symbol as a name", { [Symbol("x")]: "a" }],
  ["an iterator that is no function", { [Symbol.iterator]: 1 }],
]) {
  test(() => {
    assert_throws_js(TypeError, () => new Headers(init));
  }, `not made of ${name}`);
}

test(() => {
  const headers = new Headers();
  headers.append("a", "1");
  headers.append("A", "2");
  assert_equals(headers.get("a"), "1, 2");
  headers.set("A", "3");
  assert_equals(headers.get("a"), "3");
  assert_true(headers.has("A"));
  headers.delete("A");
  assert_false(headers.has("a"));
  assert_equals(headers.get("a"), null);
  assert_equals(headers.append("a", "b"), undefined);
}, "append, set, get, has, delete");

for (const method of ["append", "set", "get", "has", "delete"]) {
  test(() => {
    assert_throws_js(TypeError, () => new Headers()[method]("a b", "c"));
    assert_throws_js(TypeError, () => new Headers()[method]());
    assert_throws_js(TypeError, () => Headers.prototype[method].call({}, "a", "b"));
  }, `${method} refuses names that are none, too few arguments and what is no Headers`);
}

test(() => {
  const headers = new Headers([
    ["set-cookie", "a"],
    ["b", "c"],
  ]);
  headers.append("Set-Cookie", "d, e");
  assert_array_equals(headers.getSetCookie(), ["a", "d, e"]);
  assert_equals(headers.get("set-cookie"), "a, d, e");
  headers.getSetCookie().push("x");
  assert_equals(headers.getSetCookie().length, 2);
  headers.set("set-cookie", "one");
  assert_array_equals(headers.getSetCookie(), ["one"]);
  headers.delete("set-cookie");
  assert_array_equals(headers.getSetCookie(), []);
}, "getSetCookie");

test(() => {
  const headers = new Headers({ c: "3", a: "1", b: "2" });
  assert_array_equals([...headers.keys()], ["a", "b", "c"]);
  assert_array_equals([...headers.values()], ["1", "2", "3"]);
  assert_equals(headers[Symbol.iterator], headers.entries);
  const seen = [];
  headers.forEach(
    function (value, name, all) {
      seen.push(`${name}=${value}`, all === headers, this.mine);
    },
    { mine: true },
  );
  assert_array_equals(seen.slice(0, 3), ["a=1", true, true]);
  assert_throws_js(TypeError, () => headers.forEach());
  assert_throws_js(TypeError, () => headers.forEach(1));
}, "keys, values, entries, forEach");

test(() => {
  const headers = new Headers({ a: "1", b: "2" });
  const seen = [];
  for (const [name] of headers) {
    seen.push(name);
    headers.delete("b");
    if (!headers.has("c")) {
      headers.append("c", "3");
    }
  }
  assert_array_equals(seen, ["a", "c"]);
}, "changes show while it is iterated");

test(() => {
  const iterator = new Headers({ a: "1" }).entries();
  const prototype = Object.getPrototypeOf(iterator);
  assert_equals(prototype[Symbol.toStringTag], "Headers Iterator");
  assert_equals(
    Object.getPrototypeOf(prototype),
    Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
  );
  assert_throws_js(TypeError, () => iterator.next.call({}));
  assert_equals(JSON.stringify(iterator.next()), '{"value":["a","1"],"done":false}');
  assert_true(iterator.next().done);
}, "its iterators are of their own kind");

test(() => {
  assert_equals(Object.prototype.toString.call(new Headers()), "[object Headers]");
  assert_equals(Headers.name, "Headers");
  assert_equals(Headers.length, 0);
  assert_equals(Headers.prototype.append.length, 2);
  assert_true(Object.getOwnPropertyDescriptor(Headers.prototype, "get").enumerable);
  assert_throws_js(TypeError, () => Headers());
}, "it looks as Web IDL says");
