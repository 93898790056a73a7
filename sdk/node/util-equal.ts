import { exported as types } from "./util-types.ts";

/** `util.isDeepStrictEqual`: the same values in the same shape, prototypes included. */
export function isDeepStrictEqual(left: unknown, right: unknown): boolean {
  return equal(left, right, new Map());
}

function equal(left: unknown, right: unknown, open: Map<object, object>): boolean {
  if (Object.is(left, right)) {
    return true;
  }
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return false;
  }
  if (
    Object.getPrototypeOf(left) !== Object.getPrototypeOf(right) ||
    Array.isArray(left) !== Array.isArray(right)
  ) {
    return false;
  }
  if (open.get(left) === right) {
    return true;
  }
  open.set(left, right);
  return sameInside(left, right, open) && sameMembers(left, right, open);
}

function sameInside(left: object, right: object, open: Map<object, object>): boolean {
  if (left instanceof Date && right instanceof Date) {
    return Object.is(left.getTime(), right.getTime());
  }
  if (left instanceof RegExp && right instanceof RegExp) {
    return String(left) === String(right) && left.lastIndex === right.lastIndex;
  }
  if (left instanceof Error && right instanceof Error) {
    return left.message === right.message && left.name === right.name && equal(left.cause, right.cause, open);
  }
  if (left instanceof Map && right instanceof Map) {
    return left.size === right.size && [...left].every((entry) => hasEntry(entry, right, open));
  }
  if (left instanceof Set && right instanceof Set) {
    return (
      left.size === right.size &&
      [...left].every((one) => right.has(one) || [...right].some((other) => equal(one, other, new Map(open))))
    );
  }
  if (types.isBoxedPrimitive(left)) {
    return Object.is(left.valueOf(), right.valueOf());
  }
  return true;
}

function hasEntry(
  [key, value]: [unknown, unknown],
  map: Map<unknown, unknown>,
  open: Map<object, object>,
): boolean {
  return map.has(key)
    ? equal(value, map.get(key), open)
    : [...map].some(([other, its]) => equal(key, other, new Map(open)) && equal(value, its, new Map(open)));
}

function sameMembers(left: object, right: object, open: Map<object, object>): boolean {
  const keys = enumerable(left);
  return (
    keys.length === enumerable(right).length &&
    keys.every(
      (key) => Object.hasOwn(right, key) && equal(Reflect.get(left, key), Reflect.get(right, key), open),
    )
  );
}

function enumerable(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}
