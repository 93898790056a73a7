import { bytesOf, type Data } from "./crypto-hash.ts";

/** `crypto.KeyObject` for secret keys, the only ones that functions here can use. */
export class KeyObject {
  readonly type = "secret";
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** How many bytes. */
  get symmetricKeySize(): number {
    return this.#bytes.length;
  }

  /** The bytes. */
  export(options: { readonly format?: "buffer" | "jwk" } = {}): Buffer | object {
    return options.format === "jwk"
      ? { kty: "oct", k: Buffer.from(this.#bytes).toString("base64url") }
      : Buffer.from(this.#bytes);
  }

  /** Whether it has the same bytes. */
  equals(other: KeyObject): boolean {
    return Buffer.from(this.#bytes).equals(other.export() as Buffer);
  }
}

/** `crypto.createSecretKey`. */
export function createSecretKey(key: Data, encoding?: BufferEncoding): KeyObject {
  return new KeyObject(Uint8Array.from(bytesOf(key, encoding)));
}

/** The bytes of a key, however it is given. */
export function keyBytes(key: Data | KeyObject): Uint8Array {
  return key instanceof KeyObject ? (key.export() as Buffer) : bytesOf(key);
}
