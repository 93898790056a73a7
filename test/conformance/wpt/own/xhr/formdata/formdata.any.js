// XMLHttpRequest Standard, section 4: FormData.
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested
test(() => {
  const form = new FormData();
  form.append("a", "1");
  form.append("a", "2");
  form.append("b", "3");
  assert_array_equals([...form.keys()], ["a", "a", "b"]);
  assert_array_equals([...form.values()], ["1", "2", "3"]);
  assert_array_equals(form.getAll("a"), ["1", "2"]);
  assert_equals(form.get("a"), "1");
  assert_equals(form.get("c"), null);
  assert_array_equals(form.getAll("c"), []);
  assert_true(form.has("b"));
  assert_false(form.has("c"));
}, "append, get, getAll, has and their order");

test(() => {
  const form = new FormData();
  form.append("a", "1");
  form.append("b", "2");
  form.append("a", "3");
  form.set("a", "4");
  assert_array_equals([...form].flat(), ["a", "4", "b", "2"]);
  form.set("c", "5");
  assert_array_equals([...form.keys()], ["a", "b", "c"]);
}, "set replaces the first of its name, and drops the others");

test(() => {
  const form = new FormData();
  form.append("a", "1");
  form.append("a", "2");
  form.append("b", "3");
  form.delete("a");
  form.delete("z");
  assert_array_equals([...form].flat(), ["b", "3"]);
}, "delete takes all of a name");

for (const [value, expected] of [
  [null, "null"],
  [undefined, "undefined"],
  [1.5, "1.5"],
  [{}, "[object Object]"],
  ["\ud800", "\ufffd"],
]) {
  test(
    () => {
      const form = new FormData();
      form.append("a", value);
      assert_equals(form.get("a"), expected);
    },
    `${format_value(value)} becomes a string`,
  );
}

test(() => {
  const form = new FormData();
  form.append("\ud800", "x");
  assert_equals(form.get("\ufffd"), "x");
}, "A name is well-formed");

test(() => {
  const form = new FormData();
  form.append("blob", new Blob(["x"], { type: "text/plain" }));
  form.append("named", new Blob(["x"]), "n.txt");
  form.append("file", new File(["x"], "f.txt", { type: "a/b", lastModified: 5 }));
  form.append("renamed", new File(["x"], "f.txt", { lastModified: 5 }), "g.txt");
  assert_true(form.get("blob") instanceof File);
  assert_equals(form.get("blob").name, "blob");
  assert_equals(form.get("blob").type, "text/plain");
  assert_equals(form.get("named").name, "n.txt");
  assert_equals(form.get("file").name, "f.txt");
  assert_equals(form.get("file").lastModified, 5);
  assert_equals(form.get("renamed").name, "g.txt");
}, "Blobs become files");

test(() => {
  assert_throws_js(TypeError, () => new FormData().append("a"));
  assert_throws_js(TypeError, () => new FormData().append("a", "text", "name.txt"));
  assert_throws_js(TypeError, () => new FormData().set("a"));
  assert_throws_js(TypeError, () => new FormData().get());
  assert_throws_js(TypeError, () => new FormData("no form"));
}, "Calls that the interface refuses");

test(() => {
  const form = new FormData();
  form.append("a", "1");
  const seen = [];
  form.forEach(
    function (value, key, whole) {
      seen.push(key, value, whole === form, this.it);
    },
    { it: "this" },
  );
  assert_array_equals(seen, ["a", "1", true, "this"]);
}, "forEach");

promise_test(async () => {
  const form = new FormData();
  form.append('q"uote\n', "line\nbreak");
  form.append("file", new File(["\u00e9"], "caf\u00e9.txt", { type: "text/plain" }));
  const response = new Response(form);
  assert_true(response.headers.get("content-type").startsWith("multipart/form-data; boundary="));
  const read = await response.formData();
  assert_array_equals([...read.keys()], ['q"uote\r\n', "file"]);
  assert_equals(read.get('q"uote\r\n'), "line\r\nbreak");
  assert_equals(read.get("file").name, "caf\u00e9.txt");
  assert_equals(await read.get("file").text(), "\u00e9");
}, "A form goes through multipart and back");

test(() => {
  assert_equals(Object.prototype.toString.call(new FormData()), "[object FormData]");
  assert_equals(FormData.prototype[Symbol.iterator], FormData.prototype.entries);
}, "The interface");
