// URL Pattern Standard, sections 1.3 and 2: what patterns match, and what their groups hold.
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested
const CASES = [
  [[{ pathname: "/books/:id" }], [{ pathname: "/books/42" }], { pathname: { id: "42" } }],
  [[{ pathname: "/books/:id" }], [{ pathname: "/books/42/pages" }], null],
  [[{ pathname: "/books/:id?" }], [{ pathname: "/books" }], { pathname: { id: undefined } }],
  [[{ pathname: "/books/:id?" }], [{ pathname: "/books/7" }], { pathname: { id: "7" } }],
  [[{ pathname: "/files/:path+" }], [{ pathname: "/files/a/b/c" }], { pathname: { path: "a/b/c" } }],
  [[{ pathname: "/files/:path*" }], [{ pathname: "/files" }], { pathname: { path: undefined } }],
  [[{ pathname: "/*" }], [{ pathname: "/any/thing" }], { pathname: { 0: "any/thing" } }],
  [
    [{ pathname: "/:year(\\d{4})-:month(\\d{2})" }],
    [{ pathname: "/2026-11" }],
    { pathname: { year: "2026", month: "11" } },
  ],
  [[{ pathname: "/:year(\\d{4})" }], [{ pathname: "/26" }], null],
  [[{ pathname: "/(foo|bar)" }], [{ pathname: "/bar" }], { pathname: { 0: "bar" } }],
  [[{ pathname: "/a{/b}?" }], [{ pathname: "/a" }], { pathname: {} }],
  [[{ pathname: "/a{/b}?" }], [{ pathname: "/a/b" }], { pathname: {} }],
  [[{ pathname: "/a\\:b" }], [{ pathname: "/a:b" }], { pathname: {} }],
  [[{ hostname: "*.example.com" }], [{ hostname: "api.example.com" }], { hostname: { 0: "api" } }],
  [
    [{ hostname: ":tenant.example.com" }],
    [{ hostname: "acme.example.com" }],
    { hostname: { tenant: "acme" } },
  ],
  [[{ hostname: "*.example.com" }], [{ hostname: "example.com" }], null],
  [[{ protocol: "http{s}?" }], [{ protocol: "https" }], { protocol: {} }],
  [[{ protocol: "http{s}?" }], [{ protocol: "ftp" }], null],
  [[{ port: "8080" }], [{ protocol: "https", hostname: "example.com", port: "8080" }], { port: {} }],
  [[{ port: "8080" }], [{ protocol: "https", hostname: "example.com", port: "" }], null],
  [[{ search: "q=:term" }], [{ search: "q=milk" }], { search: { term: "milk" } }],
  [[{ hash: ":section" }], [{ hash: "top" }], { hash: { section: "top" } }],
  [
    [{ username: "ann", password: ":word" }],
    [{ username: "ann", password: "x" }],
    { password: { word: "x" } },
  ],
  [["https://example.com/:page"], ["https://example.com/about"], { pathname: { page: "about" } }],
  [["https://example.com/:page"], ["https://example.org/about"], null],
  [["/:page", "https://example.com"], ["https://example.com/about"], { pathname: { page: "about" } }],
  [["/:page", "https://example.com"], ["/about", "https://example.com"], { pathname: { page: "about" } }],
  [
    ["https://*.example.com/*"],
    ["https://a.b.example.com/x/y"],
    { hostname: { 0: "a.b" }, pathname: { 0: "x/y" } },
  ],
  [[{ pathname: "/Foo" }], [{ pathname: "/foo" }], null],
  [[{ pathname: "/Foo" }, { ignoreCase: true }], [{ pathname: "/foo" }], { pathname: {} }],
  [[{ pathname: "/caf%C3%A9" }], [{ pathname: "/café" }], { pathname: {} }],
  [[{ pathname: "/café" }], [{ pathname: "/caf%C3%A9" }], { pathname: {} }],
  [[{ pathname: "/a/b" }], [{ pathname: "/a/./b" }], { pathname: {} }],
  [
    [{ pathname: "/:a/:b", baseURL: "https://example.com" }],
    ["https://example.com/1/2"],
    { pathname: { a: "1", b: "2" } },
  ],
  [[{}], ["https://example.com/anything?x#y"], {}],
  [[], ["https://example.com/"], {}],
];

for (const [pattern, input, groups] of CASES) {
  const name = `${JSON.stringify(pattern)} on ${JSON.stringify(input)}`;
  test(() => {
    const matcher = new URLPattern(...pattern);
    assert_equals(matcher.test(...input), groups !== null);
    const result = matcher.exec(...input);
    if (groups === null) {
      assert_equals(result, null);
      return;
    }
    for (const [component, expected] of Object.entries(groups)) {
      for (const [key, value] of Object.entries(expected)) {
        assert_equals(result[component].groups[key], value, `${component}.${key}`);
      }
    }
  }, name);
}
