// oxlint-disable unicorn/no-instanceof-builtins -- an isolate has one realm, and boxed primitives are cloned as such
import { toText } from "./primordials.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";

/** structuredClone (HTML, section 2.7) for the types of the language; nothing is transferred. */
export function structuredClone(value: unknown): unknown {
  return clone(value, new Map());
}

function clone(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol") {
    throw new DOMException(`${toText(value)} could not be cloned.`, "DataCloneError");
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (seen.has(value)) {
    return seen.get(value);
  }
  const remember = <Copy>(copy: Copy): Copy => {
    seen.set(value, copy);
    return copy;
  };
  if (value instanceof Map) {
    const copy = remember(new Map<unknown, unknown>());
    for (const [key, item] of value) {
      copy.set(clone(key, seen), clone(item, seen));
    }
    return copy;
  }
  if (value instanceof Set) {
    const copy = remember(new Set<unknown>());
    for (const item of value) {
      copy.add(clone(item, seen));
    }
    return copy;
  }
  return cloneBuiltin(value, seen, remember) ?? cloneRecord(value, seen, remember);
}

function cloneBuiltin(
  value: object,
  seen: Map<object, unknown>,
  remember: <Copy>(copy: Copy) => Copy,
): unknown {
  if (value instanceof Date) {
    return remember(new Date(value.getTime()));
  }
  if (value instanceof RegExp) {
    return remember(new RegExp(value.source, value.flags));
  }
  if (value instanceof ArrayBuffer) {
    return remember(value.slice(0));
  }
  if (value instanceof DataView) {
    return remember(
      new DataView(clone(value.buffer, seen) as ArrayBuffer, value.byteOffset, value.byteLength),
    );
  }
  if (ArrayBuffer.isView(value)) {
    const view = value as Uint8Array;
    const Kind = view.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => Uint8Array;
    return remember(new Kind(clone(view.buffer, seen) as ArrayBuffer, view.byteOffset, view.length));
  }
  if (
    value instanceof Boolean ||
    value instanceof Number ||
    value instanceof String ||
    value instanceof BigInt
  ) {
    return remember(Object(value.valueOf()) as object);
  }
  if (value instanceof Error) {
    return remember(cloneError(value, seen));
  }
  if (value instanceof WeakMap || value instanceof WeakSet || value instanceof Promise) {
    throw new DOMException("The object could not be cloned.", "DataCloneError");
  }
  return undefined;
}

function cloneError(value: Error, seen: Map<object, unknown>): Error {
  const kinds: Record<string, ErrorConstructor> = {
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  };
  const copy = new (kinds[value.name] ?? Error)(value.message);
  Object.defineProperty(copy, "stack", { value: value.stack, configurable: true, writable: true });
  if ("cause" in value) {
    Object.defineProperty(copy, "cause", {
      value: clone(value.cause, seen),
      configurable: true,
      writable: true,
    });
  }
  return copy;
}

function cloneRecord(
  value: object,
  seen: Map<object, unknown>,
  remember: <Copy>(copy: Copy) => Copy,
): object {
  const copy = remember(
    (Array.isArray(value) ? Array.from({ length: value.length }) : {}) as Record<string, unknown>,
  );
  for (const name of Object.keys(value)) {
    const item = clone((value as Record<string, unknown>)[name], seen);
    Object.defineProperty(copy, name, { value: item, configurable: true, enumerable: true, writable: true });
  }
  return copy;
}
