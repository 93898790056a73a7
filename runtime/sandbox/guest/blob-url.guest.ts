import type { Blob } from "./blob.guest.ts";
import { brands } from "./brands.guest.ts";
import { asUsvString, requireArguments } from "./define-interface.guest.ts";
import { lazy } from "./lazy.guest.ts";

/** The blob URL store (File API, section 8) of this isolate. */
const store = new Map<string, Blob>();

/** `URL.createObjectURL`. */
export function createObjectURL(blob: unknown): string {
  requireArguments(arguments.length, 1, "URL.createObjectURL");
  if (!brands.isBlob(blob)) {
    throw new TypeError("URL.createObjectURL takes a Blob.");
  }
  const url = `blob:null/${lazy.random().crypto.randomUUID()}`;
  store.set(url, blob);
  return url;
}

/** `URL.revokeObjectURL`. */
export function revokeObjectURL(url: unknown): void {
  requireArguments(arguments.length, 1, "URL.revokeObjectURL");
  store.delete(asUsvString(url));
}

/** The blob that a URL stands for, whatever its fragment. */
export function resolveObjectURL(url: string): Blob | null {
  return store.get(url.replace(/#.*$/s, "")) ?? null;
}
