// oxlint-disable unicorn/no-instanceof-builtins, typescript/unbound-method -- one realm; methods are taken off on purpose
import { brands } from "./brands.guest.ts";
import { cloneBuiltin, refuse } from "./clone-builtin.guest.ts";
import { asDictionary, isInterface, requireArguments } from "./define-interface.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { defineProperty, getPrototypeOf, hasOwn, isArray, keys, uncurry } from "./primordials.guest.ts";

const sizeOf = uncurry(
  Object.getOwnPropertyDescriptor(Map.prototype, "size")?.get as (this: object) => number,
);
const countOf = uncurry(
  Object.getOwnPropertyDescriptor(Set.prototype, "size")?.get as (this: object) => number,
);
const eachOfMap = uncurry(Map.prototype.forEach);
const eachOfSet = uncurry(Set.prototype.forEach);
const detach = uncurry(ArrayBuffer.prototype.transfer);
const copyBytes = uncurry(ArrayBuffer.prototype.slice);

/** structuredClone (HTML, section 2.7.10). What is transferred is taken from its owner only when all of it went well. */
export function structuredClone(value: unknown, options?: unknown): unknown {
  requireArguments(arguments.length, 1, "structuredClone");
  const seen = new Map<object, unknown>();
  const buffers = transferred(asDictionary(options, "The options of structuredClone").transfer);
  for (const buffer of buffers) {
    seen.set(buffer, copyBytes(buffer, 0));
  }
  const copy = clone(value, seen);
  for (const buffer of buffers) {
    detach(buffer, 0);
  }
  return copy;
}

/** The buffers of a transfer list; nothing else can be transferred here. */
function transferred(list: unknown): Set<ArrayBuffer> {
  const buffers = new Set<ArrayBuffer>();
  if (list === undefined) {
    return buffers;
  }
  for (const item of list as Iterable<unknown>) {
    if (!(item instanceof ArrayBuffer) || item.detached || buffers.has(item)) {
      throw new DOMException("A value of the transfer list could not be transferred.", "DataCloneError");
    }
    buffers.add(item);
  }
  return buffers;
}

function clone(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol") {
    return refuse(value);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const known = seen.get(value);
  if (known !== undefined) {
    return known;
  }
  if (isArray(value)) {
    const list: unknown[] = [];
    list.length = value.length;
    return fill(value, remember(seen, value, list), seen);
  }
  const prototype: unknown = getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    return fill(value, remember(seen, value, {}), seen);
  }
  return (
    cloneCollection(value, seen) ?? clonePlatform(value, seen) ?? fill(value, remember(seen, value, {}), seen)
  );
}

function remember<Copy extends object>(seen: Map<object, unknown>, value: object, copy: Copy): Copy {
  seen.set(value, copy);
  return copy;
}

function cloneCollection(value: object, seen: Map<object, unknown>): object | undefined {
  if (value instanceof Map && isTrue(() => sizeOf(value))) {
    const copy = remember(seen, value, new Map<unknown, unknown>());
    const members: unknown[][] = [];
    eachOfMap(value, (item, key) => members.push([key, item]));
    for (const [key, item] of members) {
      copy.set(clone(key, seen), clone(item, seen));
    }
    return copy;
  }
  if (value instanceof Set && isTrue(() => countOf(value))) {
    const copy = remember(seen, value, new Set<unknown>());
    const members: unknown[] = [];
    eachOfSet(value, (item) => members.push(item));
    for (const item of members) {
      copy.add(clone(item, seen));
    }
    return copy;
  }
  return undefined;
}

/** Whether a value has the slots that its prototype promises. */
function isTrue(question: () => unknown): boolean {
  try {
    question();
    return true;
  } catch {
    return false;
  }
}

function clonePlatform(value: object, seen: Map<object, unknown>): object | undefined {
  if (brands.isBlob(value)) {
    return remember(seen, value, lazy.blob().blobAccess.clone(value));
  }
  if (value instanceof DOMException) {
    return remember(seen, value, cloneException(value));
  }
  const copy = cloneBuiltin(value, {
    clone: (item) => clone(item, seen),
    remember: (made) => seen.set(value, made),
  });
  if (copy !== undefined) {
    return remember(seen, value, copy);
  }
  return isInterface(value) ? refuse(value) : undefined;
}

function cloneException(value: DOMException & { readonly stack?: unknown }): object {
  const copy = new DOMException(value.message, value.name);
  defineProperty(copy, "stack", { value: value.stack, configurable: true, writable: true });
  return copy;
}

function fill(value: object, copy: object, seen: Map<object, unknown>): object {
  for (const name of keys(value)) {
    if (hasOwn(value, name)) {
      const item = clone((value as Readonly<Record<string, unknown>>)[name], seen);
      if (name in copy) {
        defineProperty(copy, name, { value: item, configurable: true, enumerable: true, writable: true });
      } else {
        (copy as Record<string, unknown>)[name] = item;
      }
    }
  }
  return copy;
}
