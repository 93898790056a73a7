import {
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  NativeTypeError,
  text,
} from "./primordials.guest.ts";

/** A class that is to be an interface; its constructor's parameters do not matter here. */
type Interface = (abstract new (...values: never[]) => object) & { readonly prototype: object };

/** What a class cannot say itself. */
export interface InterfaceOptions {
  /** The interface's name: the bundler renames a class that names itself, or that others look for among the globals. */
  readonly name?: string;
  /** Constants, on the constructor and its prototype (Web IDL, section 3.7.3). */
  readonly constants?: Readonly<Record<string, number>>;
  /** Parameters that a caller must give, where default values or rest parameters of the class hide it. */
  readonly length?: number;
  /** The same of methods, by name. */
  readonly lengths?: Readonly<Record<string, number>>;
}

const interfaces = new WeakSet<object>();

/** Whether a value is an object of the platform, which has no copy but those that its interface knows of. */
export function isInterface(value: object): boolean {
  for (let at: object | null = value; at !== null; at = getPrototypeOf(at) as object | null) {
    if (interfaces.has(at)) {
      return true;
    }
  }
  return false;
}

/** Notes the prototype of an interface that was not made by `defineInterface`. */
export function noteInterface(prototype: object): void {
  interfaces.add(prototype);
}

/**
 * Makes a class look as Web IDL, section 3.7 says of an interface: its methods and attributes are enumerable, its
 * name is in `Symbol.toStringTag`, its constants are in place. What is private belongs in `#names`: every other
 * member becomes the web's. To be called once, beside the class: `defineInterface(URL)`.
 */
export function defineInterface(constructor: Interface, options: InterfaceOptions = {}): void {
  const { prototype } = constructor;
  noteInterface(prototype);
  const name = options.name ?? constructor.name;
  redefine(constructor, "name", { value: name, enumerable: false, writable: false });
  if (options.length !== undefined) {
    redefine(constructor, "length", { value: options.length, enumerable: false, writable: false });
  }
  for (const key of Object.getOwnPropertyNames(prototype)) {
    if (key !== "constructor") {
      redefine(prototype, key, { enumerable: true });
    }
  }
  for (const key of Object.getOwnPropertyNames(constructor)) {
    if (key !== "name" && key !== "length" && key !== "prototype") {
      redefine(constructor, key, { enumerable: true });
    }
  }
  redefine(prototype, Symbol.toStringTag, { value: name, enumerable: false, writable: false });
  for (const [key, value] of Object.entries(options.lengths ?? {})) {
    const method: unknown = getOwnPropertyDescriptor(prototype, key)?.value;
    redefine(method as object, "length", { value, enumerable: false, writable: false });
  }
  for (const [key, value] of Object.entries(options.constants ?? {})) {
    const constant = { value, enumerable: true, writable: false, configurable: false };
    redefine(constructor, key, constant);
    redefine(prototype, key, constant);
  }
}

/** Changes parts of a property, or makes it: configurable, unless the change says otherwise. */
function redefine(target: object, key: PropertyKey, change: PropertyDescriptor): void {
  const known = getOwnPropertyDescriptor(target, key);
  defineProperty(target, key, { configurable: true, ...known, ...change });
}

/** For the constructor of an interface that has none (Web IDL, section 3.7.1). */
export function notConstructible(): never {
  throw new NativeTypeError("Illegal constructor");
}

/** The brand check of a member: `checkBrand(#state in this)`, before it touches what is private. */
export function checkBrand(holds: boolean): void {
  if (!holds) {
    throw new NativeTypeError("Illegal invocation");
  }
}

/** Refuses a call with fewer arguments than the standard asks for: `requireArguments(arguments.length, 1, "fetch")`. */
export function requireArguments(given: number, needed: number, what: string): void {
  if (given < needed) {
    const needs = `${text(needed)} argument${needed === 1 ? "" : "s"} required, but only ${text(given)} present.`;
    throw new NativeTypeError(`Failed to execute '${what}': ${needs}`);
  }
}

/** A dictionary argument (Web IDL, section 3.2.17): missing and null are empty, what is no object is refused. */
export function asDictionary(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) {
    return {};
  }
  if (typeof value !== "object" && typeof value !== "function") {
    throw new NativeTypeError(`${what} must be an object.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** A USVString (Web IDL, section 3.2.12): lone surrogates become U+FFFD. */
export function asUsvString(value: unknown): string {
  return asDomString(value).toWellFormed();
}

/** A DOMString (Web IDL, section 3.2.10): as `String()`, but a symbol is refused. */
export function asDomString(value: unknown): string {
  if (typeof value === "symbol") {
    throw new NativeTypeError("Cannot convert a Symbol value to a string");
  }
  return text(value);
}
