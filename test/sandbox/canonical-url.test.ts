import { expect, test } from "vitest";
import { isCanonicalUrl } from "#runtime/sandbox/guest/canonical-url.guest.ts";

test.each([
  "https://api.example.com/",
  "https://api.example.com/v1/things?limit=10&after=a%20b",
  "http://localhost:3000/path/to_it/~me;v=1,2",
  "https://x.test/a//b/@c:d/%e4?q=[a]&r=/?",
])("most URLs are seen to be what the parser makes of them: %s", (text) => {
  expect(isCanonicalUrl(text)).toBe(true);
});

test.each([
  "https://example.com",
  "HTTPS://example.com/",
  "https://Example.com/",
  "https://example.com:443/",
  "http://example.com:80/",
  "https://example.com:0080/",
  "https://127.1/",
  "https://0x7f.0.0.1/",
  "https://xn--a.example/",
  "https://example.com./",
  "https://user@example.com/",
  "https://example.com/a/../b",
  "https://example.com/a/%2E%2e/b",
  "https://example.com/a b",
  "https://example.com/ü",
  "https://example.com/a\\b",
  "https://example.com/#a",
  "https://example.com/?a'b",
  " https://example.com/",
  "https://example.com/\n",
  "ftp://example.com/",
])("what is not plain to see is left to the parser: %j", (text) => {
  expect(isCanonicalUrl(text)).toBe(false);
});

test("nothing that the parser would change passes", () => {
  const alphabet = [
    ...Array.from("abzAZ09-._~!$&'()*+,;=:@/?#[]%^`{|}<>\"\\ \t\nü"),
    "%2e",
    "xn--",
    "..",
    "://",
    ":80",
  ];
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const part = (): string =>
    Array.from({ length: random(6) }, () => alphabet[random(alphabet.length)]).join("");
  const passed: string[] = [];
  for (let round = 0; round < 50_000; round += 1) {
    const host = random(2) === 0 ? "a.test" : `a${part()}`;
    const text = `http${random(2) === 0 ? "s" : ""}://${host}/${part()}${random(2) === 0 ? "" : `?${part()}`}`;
    if (isCanonicalUrl(text)) {
      passed.push(text);
    }
  }
  expect(passed.length).toBeGreaterThan(1_000);
  expect(passed.filter((text) => new URL(text).href !== text)).toEqual([]);
});
