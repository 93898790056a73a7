import { toText, uncurry } from "./primordials.guest.ts";
import { checkBrand, defineInterface, notConstructible, requireArguments } from "./define-interface.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";
import { fromBase64 } from "./bytes.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { takeSeed } from "./seed.guest.ts";

/**
 * Random bytes from a seed of the process's own source, stretched by ChaCha20 (RFC 8439 §2.3) with fast key
 * erasure: each block gives the next key first, so that earlier output cannot be computed from later state.
 */
const BLOCK_BYTES = 64;
const KEY_BYTES = 32;
const MAX_BYTES = 65_536;

let key: Uint32Array | null = null;
let pool = new Uint8Array(0);
function quarter(state: Uint32Array, a: number, b: number, c: number, d: number): void {
  const mix = (into: number, from: number, turned: number, bits: number): void => {
    const sum = ((state[into] ?? 0) + (state[from] ?? 0)) >>> 0;
    state[into] = sum;
    const crossed = (state[turned] ?? 0) ^ sum;
    state[turned] = (crossed << bits) | (crossed >>> (32 - bits));
  };
  mix(a, b, d, 16);
  mix(c, d, b, 12);
  mix(a, b, d, 8);
  mix(c, d, b, 7);
}

function block(words: Uint32Array, counter: number): Uint8Array {
  const start = new Uint32Array(16);
  start.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  start.set(words, 4);
  start[12] = counter;
  const state = start.slice();
  for (let round = 0; round < 10; round += 1) {
    quarter(state, 0, 4, 8, 12);
    quarter(state, 1, 5, 9, 13);
    quarter(state, 2, 6, 10, 14);
    quarter(state, 3, 7, 11, 15);
    quarter(state, 0, 5, 10, 15);
    quarter(state, 1, 6, 11, 12);
    quarter(state, 2, 7, 8, 13);
    quarter(state, 3, 4, 9, 14);
  }
  for (let index = 0; index < 16; index += 1) {
    state[index] = (state[index] ?? 0) + (start[index] ?? 0);
  }
  return new Uint8Array(state.buffer);
}

function refill(): void {
  key ??= new Uint32Array(fromBase64(takeSeed()).buffer);
  const fresh = new Uint8Array(BLOCK_BYTES * 4);
  for (let index = 0; index < 4; index += 1) {
    fresh.set(block(key, index), index * BLOCK_BYTES);
  }
  key = new Uint32Array(fresh.slice(0, KEY_BYTES).buffer);
  pool = fresh.subarray(KEY_BYTES);
}

function fill(target: Uint8Array): void {
  for (let at = 0; at < target.length;) {
    if (pool.length === 0) {
      refill();
    }
    const part = pool.subarray(0, target.length - at);
    target.set(part, at);
    at += part.length;
    pool = pool.subarray(part.length);
    part.fill(0);
  }
}

/** What `getRandomValues` fills, by the name that no guest code can change. */
const INTEGERS = new Set(
  "Int8 Uint8 Uint8Clamped Int16 Uint16 Int32 Uint32 BigInt64 BigUint64"
    .split(" ")
    .map((name) => `${name}Array`),
);
const nameOf = uncurry(
  // oxlint-disable-next-line typescript/unbound-method -- taking it off its prototype, as in primordials
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get as (
    this: unknown,
  ) => string | undefined,
) as (value: unknown) => string | undefined;

let making = false;

/** Crypto (Web Cryptography, section 10). */
export class Crypto {
  #subtle: object | null = null;

  constructor() {
    if (!making) {
      notConstructible();
    }
  }

  get subtle(): object {
    checkBrand(#subtle in this);
    this.#subtle ??= lazy.subtle().makeSubtle();
    return this.#subtle;
  }

  /** Section 10.1.1. */
  getRandomValues<View extends ArrayBufferView>(view: View): View {
    checkBrand(#subtle in this);
    requireArguments(arguments.length, 1, "getRandomValues");
    if (!ArrayBuffer.isView(view)) {
      throw new TypeError("The argument must be a typed array.");
    }
    if (!INTEGERS.has(nameOf(view) ?? "")) {
      throw new DOMException("The argument must be an integer typed array.", "TypeMismatchError");
    }
    if (view.byteLength > MAX_BYTES) {
      throw new DOMException(`At most ${toText(MAX_BYTES)} bytes at once.`, "QuotaExceededError");
    }
    fill(new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength));
    return view;
  }

  /** Version 4 (RFC 9562 §5.4). */
  randomUUID(): string {
    checkBrand(#subtle in this);
    const bytes = new Uint8Array(16);
    fill(bytes);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}
defineInterface(Crypto);

/** `crypto`. */
export const crypto = makeCrypto();

function makeCrypto(): Crypto {
  making = true;
  const made = new Crypto();
  making = false;
  return made;
}
