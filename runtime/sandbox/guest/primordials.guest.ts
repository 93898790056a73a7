// oxlint-disable typescript/unbound-method -- taking methods off their prototypes is what this file is for
/**
 * What product code inside the isolate uses of the language, taken before any guest code runs. Guest code may
 * change every prototype it likes: that is its own world, and nothing here depends on it afterwards. This is
 * about correct answers, not about power: whatever the guest could do to this code, the worker checks again.
 */
type Unbound<This, Arguments extends readonly unknown[], Result> = (
  self: This,
  ...values: Arguments
) => Result;

const { call, bind } = Function.prototype;

/** `uncurry(f)(self, ...values)` is `f.call(self, ...values)`, without looking anything up when it runs. */
export const uncurry = bind.bind(call as never) as unknown as <
  This,
  Arguments extends readonly unknown[],
  Result,
>(
  method: (this: This, ...values: Arguments) => Result,
) => Unbound<This, Arguments, Result>;

export const { stringify, parse } = JSON;
export const { isArray } = Array;
export const { getPrototypeOf, getOwnPropertyDescriptor, defineProperty, keys, freeze, create } = Object;
export const { floor, min, max } = Math;
export const { now: dateNow } = Date;
export const NativeError = Error;
export const NativeTypeError = TypeError;
export const NativePromise = Promise;
export const text = String;
/** What guest code gave, as a string: types do not hold on its side. */
export const toText = (value: unknown): string => text(value);

export const slice = uncurry(String.prototype.slice);
export const indexOf = uncurry(String.prototype.indexOf) as (
  self: string,
  part: string,
  from?: number,
) => number;
export const hasOwn = uncurry(Object.prototype.hasOwnProperty) as (self: object, key: PropertyKey) => boolean;
export const upperCase = uncurry(String.prototype.toUpperCase) as (self: string) => string;
export const classOf = uncurry(Object.prototype.toString) as (self: unknown) => string;
export const settle = uncurry(Promise.prototype.then) as <Value>(
  self: Promise<Value>,
  fulfilled: (value: Value) => unknown,
  rejected: (reason: unknown) => unknown,
) => Promise<unknown>;
export const mapGet = uncurry(Map.prototype.get) as <Key, Value>(
  self: Map<Key, Value>,
  key: Key,
) => Value | undefined;
export const mapSet = uncurry(Map.prototype.set) as <Key, Value>(
  self: Map<Key, Value>,
  key: Key,
  value: Value,
) => unknown;
export const mapDelete = uncurry(Map.prototype.delete) as <Key>(self: Map<Key, unknown>, key: Key) => boolean;
export const mapEntries = uncurry(Map.prototype.entries) as (
  self: Map<unknown, unknown>,
) => Iterator<unknown>;
export const setValues = uncurry(Set.prototype.values) as (self: Set<unknown>) => Iterator<unknown>;
/** The next entry of a map, the next member of a set: each has an iterator of its own kind. */
export const nextEntry = uncurry(new Map().entries().next) as (
  self: Iterator<unknown>,
) => IteratorResult<unknown>;
export const nextMember = uncurry(new Set().values().next) as (
  self: Iterator<unknown>,
) => IteratorResult<unknown>;
export const weakGet = uncurry(WeakMap.prototype.get) as <Key extends object, Value>(
  self: WeakMap<Key, Value>,
  key: Key,
) => Value | undefined;
export const weakSet = uncurry(WeakMap.prototype.set) as <Key extends object, Value>(
  self: WeakMap<Key, Value>,
  key: Key,
  value: Value,
) => unknown;

export const NativeBytes = Uint8Array;
export const isView = ArrayBuffer.isView.bind(ArrayBuffer) as (value: unknown) => value is ArrayBufferView;
export const bufferLength = uncurry(
  getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get as (this: ArrayBuffer) => number,
);
export const bytesToBase64 = uncurry(
  (NativeBytes.prototype as Uint8Array & { toBase64(): string }).toBase64,
) as (self: Uint8Array) => string;
export const bytesFromBase64 = (
  NativeBytes as unknown as { fromBase64(text: string): Uint8Array<ArrayBuffer> }
).fromBase64.bind(NativeBytes);

/** A string as JSON text. */
export function quote(value: string): string {
  return stringify(value);
}
