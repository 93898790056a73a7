// oxlint-disable unicorn/no-instanceof-builtins, typescript/unbound-method -- one realm; methods are taken off on purpose
import { DOMException } from "./dom-exception.guest.ts";
import { getOwnPropertyDescriptor, getPrototypeOf, text, uncurry } from "./primordials.guest.ts";

/** What a copy needs of the clone that it is a part of. */
export interface Parts {
  readonly clone: (value: unknown) => unknown;
  /** Notes a copy before its own parts are cloned: they may lead back to it. */
  readonly remember: (copy: object) => unknown;
}

type View = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;

const getter = (prototype: object, key: PropertyKey): ((value: object) => unknown) =>
  uncurry(getOwnPropertyDescriptor(prototype, key)?.get as (this: object) => unknown);

const timeOf = uncurry(Date.prototype.getTime);
const sourceOf = getter(RegExp.prototype, "source");
const flagsOf = getter(RegExp.prototype, "flags");
const kindOf = getter(getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag);
const copyBytes = uncurry(ArrayBuffer.prototype.slice);
const VIEWS = new Map<unknown, unknown>(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    BigInt64Array,
    BigUint64Array,
    Float16Array,
    Float32Array,
    Float64Array,
  ].map((kind) => [kind.name, kind]),
);
const ERRORS: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};
/** Objects around primitives, and what takes the primitive out. */
const BOXES = [Boolean, Number, String, BigInt].map(
  (kind) => [kind, uncurry(kind.prototype.valueOf as (this: object) => unknown)] as const,
);
/** Has slots that no copy can have. */
const UNCLONEABLE = [WeakMap, WeakSet, WeakRef, Promise, Symbol, FinalizationRegistry];

/** What cannot be cloned ends the whole clone (HTML, section 2.7.3). */
export function refuse(value: unknown): never {
  const what = typeof value === "object" ? "The object" : text(value);
  throw new DOMException(`${what} could not be cloned.`, "DataCloneError");
}

/**
 * A copy of a value of the language that is more than its properties; undefined for others. A value that only
 * inherits from such a class fails the first thing that is asked of it, and is cloned as its properties.
 */
export function cloneBuiltin(value: object, parts: Parts): object | undefined {
  try {
    return copyOf(value, parts);
  } catch (error) {
    if (error instanceof NotOfItsClass) {
      return undefined;
    }
    throw error;
  }
}

class NotOfItsClass extends Error {}

/** The answer of a method that only true instances have. */
function ask<Answer>(question: () => Answer): Answer {
  try {
    return question();
  } catch {
    throw new NotOfItsClass();
  }
}

function copyOf(value: object, parts: Parts): object | undefined {
  if (value instanceof Date) {
    return new Date(ask(() => timeOf(value)));
  }
  if (value instanceof RegExp) {
    return value === RegExp.prototype
      ? undefined
      : new RegExp(text(ask(() => sourceOf(value))), text(flagsOf(value)));
  }
  if (value instanceof ArrayBuffer) {
    return ask(() => value.detached) ? refuse(value) : copyBytes(value, 0);
  }
  if (ArrayBuffer.isView(value)) {
    return copyView(value, parts);
  }
  const box = BOXES.find(([kind]) => value instanceof kind);
  if (box !== undefined) {
    return ask(() => Object(box[1](value)) as object);
  }
  if (Error.isError(value)) {
    return copyError(value, parts);
  }
  return UNCLONEABLE.some((kind) => value instanceof kind) ? refuse(value) : undefined;
}

function copyView(view: ArrayBufferView, { clone }: Parts): object {
  const buffer = clone(view.buffer) as ArrayBuffer;
  const name = kindOf(view);
  return name === undefined
    ? new DataView(buffer, view.byteOffset, view.byteLength)
    : new (VIEWS.get(name) as View)(buffer, view.byteOffset, (view as Uint8Array).length);
}

function copyError(value: Error, { clone, remember }: Parts): Error {
  const name = text(value.name);
  const message = getOwnPropertyDescriptor(value, "message");
  const cause = getOwnPropertyDescriptor(value, "cause");
  const copy = new (ERRORS[name] ?? Error)();
  remember(copy);
  const note = (key: string, item: unknown): void => {
    Object.defineProperty(copy, key, { value: item, configurable: true, writable: true });
  };
  if (message !== undefined && "value" in message) {
    note("message", text(message.value));
  }
  note("stack", text(value.stack));
  if (cause !== undefined && "value" in cause) {
    note("cause", clone(cause.value));
  }
  return copy;
}
