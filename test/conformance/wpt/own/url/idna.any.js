// URL Standard, section 3.5 and Unicode TS 46: hosts in other letters than ASCII.
// oxlint-disable typescript/restrict-template-expressions, typescript/no-base-to-string, typescript/unbound-method, unicorn/no-invalid-fetch-options -- wrong uses are what is tested
for (const [given, host] of [
  ["b\u00fccher.example", "xn--bcher-kva.example"],
  ["B\u00dcCHER.example", "xn--bcher-kva.example"],
  ["xn--bcher-kva.example", "xn--bcher-kva.example"],
  ["XN--BCHER-KVA.example", "xn--bcher-kva.example"],
  ["fa\u00df.example", "xn--fa-hia.example"],
  ["\u65e5\u672c\u8a9e\u3002\uff2a\uff30", "xn--wgv71a119e.jp"],
  ["\u2665.example", "xn--g6h.example"],
  ["\ud83d\ude00.example", "xn--e28h.example"],
  ["a\u00adb.example", "ab.example"],
  ["\uff11\uff12\uff17.0.0.1", "127.0.0.1"],
  ["\u05d0\u05d1.example", "xn--4dbc.example"],
  ["ex%C3%A4mple.com", "xn--exmple-cua.com"],
  ["EXAMPLE.com.", "example.com."],
  ["a_b.example", "a_b.example"],
  ["-a-.example", "-a-.example"],
]) {
  test(() => {
    assert_equals(new URL(`https://${given}/`).hostname, host);
  }, `${given} is ${host}`);
}

for (const bad of [
  "xn--",
  "xn--a",
  "xn--\u00fc.example",
  "a\u200cb.example",
  "\u05d0a.example",
  "\ufdd0.example",
  "xn--ls8h=.example",
]) {
  test(
    () => {
      assert_throws_js(TypeError, () => new URL(`https://${bad}/`));
      assert_false(URL.canParse(`https://${bad}/`));
      assert_equals(URL.parse(`https://${bad}/`), null);
    },
    `${format_value(bad)} is no host`,
  );
}
