// URL Pattern Standard, section 1.2: the interface, its components and what it refuses.
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested
const COMPONENTS = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"];

for (const component of COMPONENTS) {
  test(() => {
    assert_equals(new URLPattern({})[component], "*");
  }, `An empty pattern has a wildcard as its ${component}`);
}

test(() => {
  const pattern = new URLPattern("https://example.com:8080/:a?q=*#h");
  assert_equals(pattern.protocol, "https");
  assert_equals(pattern.hostname, "example.com");
  assert_equals(pattern.port, "8080");
  assert_equals(pattern.pathname, "/:a");
  assert_equals(pattern.search, "q=*");
  assert_equals(pattern.hash, "h");
}, "A string is taken apart into components");

test(() => {
  assert_equals(new URLPattern({ protocol: "https", port: "443" }).port, "");
}, "A default port is no port");

test(() => {
  assert_true(new URLPattern({ pathname: "/:id(\\d+)" }).hasRegExpGroups);
  assert_false(new URLPattern({ pathname: "/:id" }).hasRegExpGroups);
}, "hasRegExpGroups");

test(() => {
  const result = new URLPattern({ pathname: "/:id" }).exec("https://example.com/1?q");
  assert_equals(result.inputs.length, 1);
  assert_equals(result.pathname.input, "/1");
  assert_equals(result.search.input, "q");
  assert_equals(result.hostname.input, "example.com");
}, "A result has its inputs by component");

for (const bad of ["(", "/:", "/{a", "/(?a)", "/:a/:a", "/([a-z)"]) {
  test(() => {
    assert_throws_js(TypeError, () => new URLPattern({ pathname: bad }));
  }, `${bad} is no pattern of a pathname`);
}

test(() => {
  assert_throws_js(TypeError, () => new URLPattern("/relative"));
}, "A relative pattern needs a base");

test(() => {
  assert_throws_js(TypeError, () => new URLPattern({ pathname: "/" }, "https://example.com"));
}, "Components and a base URL do not go together");

test(() => {
  assert_throws_js(TypeError, () => new URLPattern({}).exec({}, "https://example.com"));
}, "Input of components and a base URL do not go together");

test(() => {
  assert_false(new URLPattern({}).test("no url"));
  assert_equals(new URLPattern({}).exec("no url"), null);
}, "What is no URL does not match");
