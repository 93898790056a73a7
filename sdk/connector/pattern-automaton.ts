import { characterSet, classSet, escapeSet } from "./pattern-characters.ts";

/** A regular expression as its positions (Glushkov): which characters each takes, and which may follow it, how often. */
export interface Automaton {
  /** Bit n: the character of code n; the highest bit: every other one. */
  readonly positions: bigint[];
  /** For each position, the next ones with the number of ways in which they follow. */
  readonly follow: Map<number, number>[];
  /** Where a text can begin. */
  readonly first: readonly number[];
  /** Bodies of lookarounds, each a pattern of its own. */
  readonly lookarounds: string[];
}

interface Fragment {
  readonly empty: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** Thrown inside for what is beyond the check. */
class Beyond extends Error {}

const MAX_POSITIONS = 400;
/** Repetitions up to this count are written out; longer ones count as endless. */
const WRITTEN_OUT = 8;
const NOTHING: Fragment = { empty: true, first: [], last: [] };

/** Reads a pattern that compiles. Null: it has a back-reference, or is too long to be looked at. */
export function readPattern(pattern: string): Automaton | null {
  const reader = new Reader(pattern);
  try {
    reader.first = reader.alternatives().first;
    return reader;
  } catch (error) {
    if (error instanceof Beyond) {
      return null;
    }
    throw error;
  }
}

class Reader implements Automaton {
  readonly positions: bigint[] = [];
  readonly follow: Map<number, number>[] = [];
  readonly lookarounds: string[] = [];
  first: readonly number[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  alternatives(): Fragment {
    let all = this.#sequence();
    while (this.#take("|")) {
      const next = this.#sequence();
      all = {
        empty: all.empty || next.empty,
        first: [...all.first, ...next.first],
        last: [...all.last, ...next.last],
      };
    }
    return all;
  }

  #sequence(): Fragment {
    let all = NOTHING;
    while (this.#at < this.#text.length && !["|", ")"].includes(this.#text[this.#at] ?? "")) {
      all = this.#join(all, this.#repeated());
    }
    return all;
  }

  #join(one: Fragment, other: Fragment): Fragment {
    this.#link(one.last, other.first);
    return {
      empty: one.empty && other.empty,
      first: one.empty ? [...one.first, ...other.first] : one.first,
      last: other.empty ? [...one.last, ...other.last] : other.last,
    };
  }

  #link(from: readonly number[], to: readonly number[]): void {
    for (const position of from) {
      for (const next of to) {
        const ways = this.follow[position];
        ways?.set(next, (ways.get(next) ?? 0) + 1);
      }
    }
  }

  #repeated(): Fragment {
    const start = this.#at;
    const once = this.#atom();
    const end = this.#at;
    const [least, most] = this.#quantifier();
    if (least === 1 && most === 1) {
      return once;
    }
    if (once.empty && most > WRITTEN_OUT && most !== Infinity) {
      // `(a?){30}`: a loop that may stand still, so often that its ways cannot be told apart.
      throw new Beyond();
    }
    const after = this.#at;
    const writtenOut =
      most <= WRITTEN_OUT ? this.#copies(start, end, once, least, most) : this.#loop(once, least);
    this.#at = after;
    return writtenOut;
  }

  #loop(body: Fragment, least: number): Fragment {
    this.#link(body.last, body.first);
    return { ...body, empty: body.empty || least === 0 };
  }

  /** `a{2,4}` as `aa(a(a)?)?`, so that a bounded repetition is no loop, and a copy follows only the one before it. */
  #copies(start: number, end: number, once: Fragment, least: number, most: number): Fragment {
    if (most === 0) {
      return NOTHING;
    }
    let before = once;
    let all = { ...once, empty: once.empty || least === 0, last: least > 1 && !once.empty ? [] : once.last };
    for (let copy = 1; copy < most; copy++) {
      this.#at = start;
      const next = this.#atom();
      if (this.#at !== end) {
        throw new Beyond();
      }
      if (once.empty) {
        all = this.#join(all, { ...next, empty: true });
        continue;
      }
      this.#link(before.last, next.first);
      all = { ...all, last: copy + 1 < least ? all.last : [...all.last, ...next.last] };
      before = next;
    }
    return all;
  }

  #quantifier(): readonly [least: number, most: number] {
    const [given = ""] = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += given.length;
    switch (given[0]) {
      case undefined:
        return [1, 1];
      case "*":
        return [0, Infinity];
      case "+":
        return [1, Infinity];
      case "?":
        return [0, 1];
      default: {
        const [, least = "0", comma, most] = /^\{(\d+)(,)?(\d*)/.exec(given) ?? [];
        return [Number(least), comma === undefined ? Number(least) : most === "" ? Infinity : Number(most)];
      }
    }
  }

  #atom(): Fragment {
    const character = this.#text[this.#at] ?? "";
    this.#at++;
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return this.#class();
      case "^":
      case "$":
        return NOTHING;
      case "\\":
        return this.#escape();
      default:
        return this.#position(characterSet(character));
    }
  }

  #group(): Fragment {
    const [opening = ""] = /^\?(?::|=|!|<=|<!|<[^>]*>)/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += opening.length;
    const start = this.#at;
    const looksAround = ["?=", "?!", "?<=", "?<!"].includes(opening);
    const body = looksAround ? this.#skipped() : this.alternatives();
    if (looksAround) {
      this.lookarounds.push(this.#text.slice(start, this.#at));
    }
    this.#at++;
    return body;
  }

  /** A lookaround's body is a pattern of its own: its positions must not follow ours. */
  #skipped(): Fragment {
    const body = new Reader(this.#text);
    body.#at = this.#at;
    body.alternatives();
    this.#at = body.#at;
    return NOTHING;
  }

  #class(): Fragment {
    const [whole = ""] = /^(?:\\.|[^\]\\])*\]/s.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += whole.length;
    return this.#position(classSet(whole.slice(0, -1)));
  }

  #escape(): Fragment {
    const rest = this.#text.slice(this.#at);
    if (/^[1-9]|^k</.test(rest)) {
      throw new Beyond();
    }
    if (/^[bB]/.test(rest)) {
      this.#at++;
      return NOTHING;
    }
    const [set, length] = escapeSet(rest);
    this.#at += length;
    return this.#position(set);
  }

  #position(set: bigint): Fragment {
    if (this.positions.length >= MAX_POSITIONS) {
      throw new Beyond();
    }
    const position = this.positions.push(set) - 1;
    this.follow.push(new Map());
    return { empty: false, first: [position], last: [position] };
  }

  #take(character: string): boolean {
    const taken = this.#text[this.#at] === character;
    this.#at += taken ? 1 : 0;
    return taken;
  }
}
