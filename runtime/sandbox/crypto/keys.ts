import { KeyObject, webcrypto } from "node:crypto";
import { boundKeyBytes, boundRsa } from "./limits.ts";
import type { AlgorithmOfGuest, KeyAnswer, KeyOfGuest } from "./request.ts";

const { subtle } = webcrypto;
type CryptoKey = webcrypto.CryptoKey;
/** The form in which the guest holds a key, by the key's type. */
const FORMAT = { secret: "raw", private: "pkcs8", public: "spki" } as const;

/** A guest's key as WebCrypto knows it: with exactly its own usages, which WebCrypto then checks. */
export async function importOfGuest(key: KeyOfGuest): Promise<CryptoKey> {
  const { algorithm, type, extractable, usages, material } = key;
  const data = Buffer.from(material, "base64");
  boundKeyBytes(data.length, type !== "secret");
  const imported = await subtle.importKey(FORMAT[type], data, algorithm, extractable, usages);
  boundRsa(imported);
  return imported;
}

interface KnownAlgorithm {
  readonly name: string;
  readonly hash?: { readonly name: string };
  readonly namedCurve?: string;
  readonly length?: number;
  readonly modulusLength?: number;
  readonly publicExponent?: Uint8Array;
}

/** A key as the guest keeps it. */
export function answerOfKey(key: CryptoKey): KeyAnswer {
  const { type, extractable, usages } = key;
  const { name, hash, namedCurve, length, modulusLength, publicExponent } = key.algorithm as KnownAlgorithm;
  return {
    type,
    extractable,
    usages,
    algorithm: {
      name,
      ...(hash === undefined ? {} : { hash: hash.name }),
      ...(namedCurve === undefined ? {} : { namedCurve }),
      ...(length === undefined ? {} : { length }),
      ...(modulusLength === undefined ? {} : { modulusLength }),
      ...(publicExponent === undefined ? {} : { publicExponent: base64(publicExponent) }),
    },
    material: base64(materialOf(key)),
  };
}

function materialOf(key: CryptoKey): Uint8Array {
  const object = KeyObject.from(key);
  return key.type === "secret"
    ? object.export()
    : object.export({ format: "der", type: key.type === "private" ? "pkcs8" : "spki" });
}

/** An algorithm with its bytes as bytes and its other key as a key. */
export async function algorithmOf(given: AlgorithmOfGuest): Promise<{ name: string }> {
  const { public: other, ...rest } = given;
  const read: Record<string, unknown> & { name: string } = { ...rest };
  for (const member of [
    "publicExponent",
    "iv",
    "additionalData",
    "counter",
    "label",
    "salt",
    "info",
    "context",
  ] as const) {
    const value = rest[member];
    if (value !== undefined) {
      read[member] = new Uint8Array(Buffer.from(value, "base64"));
    }
  }
  if (other !== undefined) {
    read.public = await importOfGuest(other);
  }
  return read;
}

/** Bytes as the guest reads them. */
export function base64(bytes: ArrayBuffer | Uint8Array): string {
  const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("base64");
}
