/**
 * A short text that a simple regular expression matches: `(sk|rk)_[a-z0-9]{4}` gives `sk_aaaa`. What it does not
 * know (look-around, back references) it leaves out, so that the caller has to check the text.
 */
export function sampleOfPattern(pattern: string): string {
  return new Sampler(pattern).alternatives();
}

const CLASSES: Readonly<Record<string, string>> = { d: "1", w: "a", s: " ", D: "a", W: "-", S: "a" };
/** Long enough for what wants "at least one": nobody takes it for a real value. */
const MANY = 8;

class Sampler {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  /** The first alternative of the group that begins here; the others are only read. */
  alternatives(): string {
    const first = this.#sequence();
    while (this.#take("|")) {
      this.#sequence();
    }
    this.#take(")");
    return first;
  }

  #sequence(): string {
    let text = "";
    while (this.#at < this.#pattern.length && !"|)".includes(this.#next())) {
      text += this.#repeated(this.#atom());
    }
    return text;
  }

  #atom(): string {
    const character = this.#next();
    this.#at += 1;
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return this.#characterClass();
      case "\\":
        return this.#escaped();
      case ".":
        return "a";
      case "^":
      case "$":
        return "";
      default:
        return character;
    }
  }

  #group(): string {
    const [opening = ""] = /^\?(:|<[A-Za-z]\w*>|=|!|<=|<!)/.exec(this.#pattern.slice(this.#at)) ?? [];
    this.#at += opening.length;
    const inside = this.alternatives();
    return /^\?(=|!|<=|<!)$/.test(opening) ? "" : inside;
  }

  /** Its first character; of one that says what must not be there, any that it does not say. */
  #characterClass(): string {
    const [all = "", inside = ""] = /^((?:\\.|[^\]\\])*)\]/s.exec(this.#pattern.slice(this.#at)) ?? [];
    this.#at += all.length;
    if (inside.startsWith("^")) {
      const fits = new RegExp(`[${inside}]`);
      return ["a", "1", "-"].find((candidate) => fits.test(candidate)) ?? "";
    }
    const [first = ""] = inside;
    return first === "\\" ? (CLASSES[inside[1] ?? ""] ?? inside[1] ?? "") : first;
  }

  #escaped(): string {
    const character = this.#next();
    this.#at += 1;
    return CLASSES[character] ?? character;
  }

  #repeated(atom: string): string {
    const [quantifier = "", least] =
      /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(this.#pattern.slice(this.#at)) ?? [];
    this.#at += quantifier.length;
    if (quantifier === "") {
      return atom;
    }
    return atom.repeat(least === undefined ? (quantifier.startsWith("+") ? MANY : 0) : Number(least));
  }

  #take(character: string): boolean {
    const isThere = this.#next() === character;
    this.#at += isThere ? 1 : 0;
    return isThere;
  }

  #next(): string {
    return this.#pattern[this.#at] ?? "";
  }
}
