/** Sets of characters as bits: bit n is the character of code n below 128, bit 128 stands for every other one. */

const OTHERS = 1n << 128n;
const ALL = (1n << 129n) - 1n;
const DIGITS = range(0x30, 0x39);
const WORD = range(0x30, 0x39) | range(0x41, 0x5a) | range(0x61, 0x7a) | bit(0x5f);
const SPACE = range(0x09, 0x0d) | bit(0x20) | OTHERS;
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, v: 11, f: 12, "0": 0, b: 8 };

/** What an unescaped character outside a class takes. */
export function characterSet(character: string): bigint {
  return character === "." ? ALL : bit(character.charCodeAt(0));
}

/** What the escape at the start of `rest` (without its backslash) takes, and how long it is. */
export function escapeSet(rest: string): readonly [set: bigint, length: number] {
  const [code, first, second, third] =
    /^u\{([0-9A-Fa-f]+)\}|^u([0-9A-Fa-f]{4})|^x([0-9A-Fa-f]{2})/.exec(rest) ?? [];
  if (code !== undefined) {
    return [bit(Number.parseInt(first ?? second ?? third ?? "0", 16)), code.length];
  }
  const [property] = /^[pP]\{[^}]*\}/.exec(rest) ?? [];
  if (property !== undefined) {
    // Which characters have a property is a large table; all of them is on the safe side.
    return [ALL, property.length];
  }
  const letter = rest[0] ?? "";
  const named = { d: DIGITS, D: ALL ^ DIGITS, w: WORD, W: ALL ^ WORD, s: SPACE, S: (ALL ^ SPACE) | OTHERS }[
    letter
  ];
  return [named ?? bit(CONTROLS[letter] ?? letter.charCodeAt(0)), letter === "c" ? 2 : 1];
}

/** What the inside of a class (`^a-z\\d`) takes. */
export function classSet(inside: string): bigint {
  const negated = inside.startsWith("^");
  const set = memberSet(negated ? inside.slice(1) : inside);
  return negated ? (ALL ^ set) | OTHERS : set;
}

function memberSet(members: string): bigint {
  let set = 0n;
  for (let at = 0; at < members.length;) {
    const [low, length] = member(members.slice(at));
    at += length;
    if (members[at] === "-" && at + 1 < members.length) {
      const [high, highLength] = member(members.slice(at + 1));
      at += 1 + highLength;
      set |= range(lowest(low), lowest(high));
    } else {
      set |= low;
    }
  }
  return set;
}

function member(rest: string): readonly [set: bigint, length: number] {
  if (rest[0] === "\\") {
    const [set, length] = escapeSet(rest.slice(1));
    return [set, length + 1];
  }
  return [bit(rest.charCodeAt(0)), 1];
}

function bit(code: number): bigint {
  return code < 128 ? 1n << BigInt(code) : OTHERS;
}

function range(from: number, to: number): bigint {
  let set = 0n;
  for (let code = from; code <= Math.min(to, 128); code++) {
    set |= bit(code);
  }
  return to >= 128 ? set | OTHERS : set;
}

function lowest(set: bigint): number {
  for (let code = 0; code < 128; code++) {
    if ((set & (1n << BigInt(code))) !== 0n) {
      return code;
    }
  }
  return 128;
}
