import { checkBrand, requireArguments } from "./define-interface.guest.ts";
import { defineProperty, NativeTypeError } from "./primordials.guest.ts";

type Pair = readonly [unknown, unknown];
type Kind = "entries" | "keys" | "values";

const ITERATOR_PROTOTYPE = Object.getPrototypeOf(
  Object.getPrototypeOf([][Symbol.iterator]()) as object,
) as object;

/** How far an iterator of pairs has come. */
interface Position {
  readonly owner: object;
  readonly kind: Kind;
  next: number;
}

/**
 * Makes a class iterable over pairs (Web IDL, section 3.7.9): `entries`, `keys`, `values`, `forEach` and
 * `Symbol.iterator`. `pairsOf` is asked anew at each step, so that changes show; undefined refuses the object.
 */
export function definePairs(
  constructor: { readonly name: string; readonly prototype: object },
  pairsOf: (owner: object) => readonly Pair[] | undefined,
): void {
  const positions = new WeakMap<object, Position>();
  const iterator = iteratorPrototype(`${constructor.name} Iterator`, positions, pairsOf);
  const checked = (owner: unknown): object => {
    checkBrand(typeof owner === "object" && owner !== null && pairsOf(owner) !== undefined);
    return owner as object;
  };
  const start = (owner: unknown, kind: Kind): object => {
    const made = Object.create(iterator) as object;
    positions.set(made, { owner: checked(owner), kind, next: 0 });
    return made;
  };
  const members = {
    entries(this: unknown) {
      return start(this, "entries");
    },
    keys(this: unknown) {
      return start(this, "keys");
    },
    values(this: unknown) {
      return start(this, "values");
    },
    forEach(this: unknown, callback: unknown, ...rest: readonly unknown[]) {
      const owner = checked(this);
      requireArguments(arguments.length, 1, `${constructor.name}.forEach`);
      if (typeof callback !== "function") {
        throw new NativeTypeError("The callback must be a function.");
      }
      for (let index = 0; index < (pairsOf(owner)?.length ?? 0); index += 1) {
        const [key, value] = pairsOf(owner)?.[index] ?? [];
        Reflect.apply(callback, rest[0], [value, key, owner]);
      }
    },
  };
  const descriptors = Object.getOwnPropertyDescriptors(members);
  Object.defineProperties(constructor.prototype, descriptors);
  defineProperty(constructor.prototype, Symbol.iterator, { ...descriptors.entries, enumerable: false });
}

function iteratorPrototype(
  name: string,
  positions: WeakMap<object, Position>,
  pairsOf: (owner: object) => readonly Pair[] | undefined,
): object {
  const step = {
    next(this: object): IteratorResult<unknown> {
      const position = positions.get(this);
      if (position === undefined) {
        throw new NativeTypeError("Illegal invocation");
      }
      const pair = pairsOf(position.owner)?.[position.next];
      if (pair === undefined) {
        return { value: undefined, done: true };
      }
      position.next += 1;
      const [key, value] = pair;
      return {
        value: position.kind === "keys" ? key : position.kind === "values" ? value : [key, value],
        done: false,
      };
    },
  };
  const prototype = Object.create(ITERATOR_PROTOTYPE, Object.getOwnPropertyDescriptors(step)) as object;
  defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
  return prototype;
}
