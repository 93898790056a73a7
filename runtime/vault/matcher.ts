/** Called for each place where patterns end: `longest` is the longest of them, the rest by `shorter`. */
type OnHit = (longest: number, end: number) => void;

const MAX_ROWS = 8_192;
const UNKNOWN = -1;

/**
 * Finds many byte patterns in one pass (Aho and Corasick, 1975). The trie is built at once; its transitions
 * become table rows only when the text first asks for them, so a redactor that lives for one run costs what its
 * run logs and not what its secrets could match.
 */
export class Matcher {
  // The trie, by node: first child, next sibling, the byte that leads here, and how deep it is.
  readonly #child: Int32Array;
  readonly #sibling: Int32Array;
  readonly #byte: Int32Array;
  readonly #depth: Int32Array;
  /** The node of the longest proper suffix. */
  readonly #fail: Int32Array;
  /** The longest pattern that ends here, as pattern index + 1; 0 for none. */
  readonly #output: Int32Array;
  /** How many of the last bytes may still grow into a match. */
  readonly #open: Int32Array;
  #nodes = 1;
  /** By pattern: the next shorter pattern that ends where it ends, as pattern index + 1. */
  readonly #shorter: Int32Array;

  /** Bytes that no pattern holds share class 0. */
  readonly #classes = new Uint16Array(256);
  #width = 1;
  #table = new Int32Array(0);
  #rows = 0;
  #rowOfNode = new Map<number, number>();
  #nodeOfRow: number[] = [];

  constructor(patterns: readonly Uint8Array[]) {
    const most = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
    this.#child = new Int32Array(most);
    this.#sibling = new Int32Array(most);
    this.#byte = new Int32Array(most);
    this.#depth = new Int32Array(most);
    this.#fail = new Int32Array(most);
    this.#output = new Int32Array(most);
    this.#open = new Int32Array(most);
    this.#shorter = new Int32Array(patterns.length);
    const own = patterns.map((pattern, index) => this.#insert(pattern, index));
    this.#link();
    for (const [index, node] of own.entries()) {
      this.#shorter[index] = at(this.#output, at(this.#fail, node));
    }
    for (let node = 1; node < this.#nodes; node += 1) {
      const byte = at(this.#byte, node);
      if (this.#classes[byte] === 0) {
        this.#classes[byte] = this.#width;
        this.#width += 1;
      }
    }
    this.#forget();
  }

  /** Reports every hit in order of its end; returns how many of the last bytes may be the start of another. */
  scan(bytes: Uint8Array, onHit: OnHit): number {
    const { length } = bytes;
    const classes = this.#classes;
    const width = this.#width;
    let table = this.#table;
    let row = 0;
    for (let index = 0; index < length; index += 1) {
      const column = classes[bytes[index] ?? 0] ?? 0;
      if (row === 0 && column === 0) {
        continue;
      }
      let next = table[row * width + column] ?? UNKNOWN;
      if (next === UNKNOWN) {
        next = this.#resolve(row, bytes[index] ?? 0, column);
        table = this.#table;
      }
      row = next >> 1;
      if ((next & 1) === 1) {
        onHit(at(this.#output, at(this.#nodeOfRow, row)) - 1, index + 1);
      }
    }
    return at(this.#open, at(this.#nodeOfRow, row));
  }

  /** The next shorter pattern that ends at the same place; -1 when there is none. */
  shorter(pattern: number): number {
    return at(this.#shorter, pattern) - 1;
  }

  #insert(pattern: Uint8Array, index: number): number {
    let node = 0;
    for (const byte of pattern) {
      node = this.#childOf(node, byte) || this.#append(node, byte);
    }
    // Equal patterns: the first given keeps the place.
    this.#output[node] ||= index + 1;
    return node;
  }

  #append(parent: number, byte: number): number {
    const node = this.#nodes;
    this.#nodes += 1;
    this.#sibling[node] = at(this.#child, parent);
    this.#byte[node] = byte;
    this.#depth[node] = at(this.#depth, parent) + 1;
    this.#child[parent] = node;
    return node;
  }

  #childOf(node: number, byte: number): number {
    let child = at(this.#child, node);
    while (child !== 0 && at(this.#byte, child) !== byte) {
      child = at(this.#sibling, child);
    }
    return child;
  }

  /** Suffix links, breadth first: every suffix is shallower than its node. */
  #link(): void {
    const queue = new Int32Array(this.#nodes);
    let last = 0;
    for (const parent of queue) {
      for (let node = at(this.#child, parent); node !== 0; node = at(this.#sibling, node)) {
        const fail = parent === 0 ? 0 : this.#step(at(this.#fail, parent), at(this.#byte, node));
        this.#fail[node] = fail;
        this.#output[node] ||= at(this.#output, fail);
        this.#open[node] = at(this.#child, node) === 0 ? at(this.#open, fail) : at(this.#depth, node);
        last += 1;
        queue[last] = node;
      }
    }
  }

  #step(from: number, byte: number): number {
    for (let node = from; ; node = at(this.#fail, node)) {
      const child = this.#childOf(node, byte);
      if (child !== 0 || node === 0) {
        return child;
      }
    }
  }

  #resolve(row: number, byte: number, column: number): number {
    const node = column === 0 ? 0 : this.#step(at(this.#nodeOfRow, row), byte);
    if (this.#rows >= MAX_ROWS && !this.#rowOfNode.has(node)) {
      this.#forget();
      return this.#entry(node);
    }
    const entry = this.#entry(node);
    this.#table[row * this.#width + column] = entry;
    return entry;
  }

  /** What the table holds for a node: its row, and in the lowest bit whether patterns end there. */
  #entry(node: number): number {
    return (this.#row(node) << 1) | (at(this.#output, node) === 0 ? 0 : 1);
  }

  #row(node: number): number {
    const known = this.#rowOfNode.get(node);
    if (known !== undefined) {
      return known;
    }
    const row = this.#rows;
    this.#rows += 1;
    this.#rowOfNode.set(node, row);
    this.#nodeOfRow.push(node);
    if (this.#rows * this.#width > this.#table.length) {
      const larger = new Int32Array(this.#rows * 2 * this.#width).fill(UNKNOWN);
      larger.set(this.#table);
      this.#table = larger;
    }
    return row;
  }

  /** Starts the table anew: the root is always row 0. */
  #forget(): void {
    this.#table = new Int32Array(16 * this.#width).fill(UNKNOWN);
    this.#rows = 0;
    this.#rowOfNode = new Map();
    this.#nodeOfRow = [];
    this.#row(0);
  }
}

function at(list: Int32Array | readonly number[], index: number): number {
  return list[index] ?? 0;
}
