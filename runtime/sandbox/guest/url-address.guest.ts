/** An IPv4 address in any of its spellings as four numbers (URL Standard, section 3.5). */
export function parseIpv4(host: string): string {
  const numbers = host.split(".").map((part) => {
    const [radix, digits] = part.startsWith("0x")
      ? [16, part.slice(2) || "0"]
      : part.length > 1 && part.startsWith("0")
        ? [8, part.slice(1)]
        : [10, part];
    const valid = radix === 16 ? /^[0-9a-f]+$/ : radix === 8 ? /^[0-7]+$/ : /^\d+$/;
    return valid.test(digits) ? Number.parseInt(digits, radix) : Number.NaN;
  });
  const last = numbers.at(-1) ?? Number.NaN;
  const valid =
    numbers.length <= 4 &&
    numbers.slice(0, -1).every((number) => number <= 255) &&
    last < 256 ** (5 - numbers.length);
  if (!valid) {
    throw new TypeError(`Invalid URL: ${host.slice(0, 100)} is not an IPv4 address.`);
  }
  const value = numbers.slice(0, -1).reduce((sum, number, index) => sum + number * 256 ** (3 - index), last);
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** An IPv6 address in brackets, in its shortest form. */
export function parseIpv6(text: string): string {
  const given = text
    .slice(1, -1)
    .replace(
      /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
      (_, a: string, b: string, c: string, d: string) =>
        `${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`,
    );
  const [head = "", tail, ...more] = given.split("::");
  const words = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const gap = 8 - left.length - right.length;
  const all = [...left, ...Array.from({ length: Math.max(0, gap) }, () => "0"), ...right];
  if (
    !text.endsWith("]") ||
    more.length > 0 ||
    all.length !== 8 ||
    (tail === undefined ? gap !== 0 : gap < 1) ||
    !all.every((word) => /^[0-9a-f]{1,4}$/i.test(word))
  ) {
    throw new TypeError(`Invalid URL: ${text.slice(0, 100)} is not an IPv6 address.`);
  }
  return `[${compress(all.map((word) => Number.parseInt(word, 16).toString(16)))}]`;
}

/** The longest run of zeros, two at least, as `::` (URL Standard, section 3.5). */
function compress(words: readonly string[]): string {
  const joined = words.join(":");
  const longest = (joined.match(/\b0(:0)+\b/g) ?? []).reduce(
    (best, run) => (run.length > best.length ? run : best),
    "",
  );
  return longest === ""
    ? joined
    : joined
        .replace(longest, ":")
        .replace(/^:(?!:)|(?<!:):$/g, "::")
        .replace(/:{3,}/, "::");
}
