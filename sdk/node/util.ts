import { refuse } from "./not-available.ts";
import { isDeepStrictEqual } from "./util-equal.ts";
import { format, inspect, type InspectOptions } from "./util-inspect.ts";
import { exported as types } from "./util-types.ts";

type Callback = (error: unknown, value?: unknown) => void;
type Fn = (this: unknown, ...values: unknown[]) => unknown;

const customPromisify = Symbol.for("nodejs.util.promisify.custom");
const warned = new Set<string>();

/** A function with a callback as one that returns a promise. */
function promisify(original: Fn): Fn {
  if (typeof original !== "function") {
    throw Object.assign(new TypeError('The "original" argument must be of type function.'), {
      code: "ERR_INVALID_ARG_TYPE",
    });
  }
  const own: unknown = Reflect.get(original, customPromisify);
  if (typeof own === "function") {
    return own as Fn;
  }
  const promised: Fn = async function promised(...values) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [
        ...values,
        (error: unknown, value: unknown) => {
          if (error === null || error === undefined) {
            resolve(value);
          } else {
            reject(error);
          }
        },
      ]);
    });
  };
  Object.setPrototypeOf(promised, Object.getPrototypeOf(original) as object);
  return Object.defineProperties(promised, Object.getOwnPropertyDescriptors(original));
}
promisify.custom = customPromisify;

/** A function that returns a promise as one with a callback. */
function callbackify(original: (...values: unknown[]) => Promise<unknown>): Fn {
  return function called(...values) {
    const callback = values.pop() as Callback;
    void settle(Reflect.apply(original, this, values), callback);
  };
}

/** Outside of the promise: what the callback throws is nobody's rejection. */
async function settle(promise: Promise<unknown>, callback: Callback): Promise<void> {
  const [error, value] = await promise.then(
    (made) => [null, made] as const,
    (reason: unknown) => [reason ?? new Error("Promise was rejected with a falsy value"), undefined] as const,
  );
  queueMicrotask(() => {
    callback(error, value);
  });
}

/** The inheritance of functions that are constructors. */
function inherits(constructor: { prototype: object; super_?: unknown }, base: { prototype: object }): void {
  Object.defineProperty(constructor, "super_", { value: base, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, base.prototype);
}

function deprecate(original: Fn, message: string, code = message): Fn {
  return function deprecated(...values) {
    if (!warned.has(code)) {
      warned.add(code);
      console.warn(`DeprecationWarning: ${message}`);
    }
    return new.target === undefined
      ? Reflect.apply(original, this, values)
      : (Reflect.construct(original, values, new.target) as unknown);
  };
}

/** Never enabled: there is no NODE_DEBUG. */
function debuglog(): object {
  return Object.assign(() => undefined, { enabled: false });
}

async function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener("abort", () => {
        resolve();
      });
    }
  });
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

/** `node:util`. */
export const exported = {
  inspect,
  format,
  formatWithOptions: (_options: InspectOptions, ...values: unknown[]): string => format(...values),
  promisify,
  callbackify,
  inherits,
  deprecate,
  debuglog,
  debug: debuglog,
  aborted,
  types,
  isDeepStrictEqual,
  stripVTControlCharacters: (text: string): string =>
    // oxlint-disable-next-line no-control-regex -- these are what it strips
    text.replace(/[\u001b\u009b][[()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-ORZcf-nqry=><~]/g, ""),
  styleText: (_style: unknown, text: string): string => text,
  toUSVString: (text: unknown): string => String(text).toWellFormed(),
  TextEncoder: globalThis.TextEncoder,
  TextDecoder: globalThis.TextDecoder,
  parseArgs: refuse("util.parseArgs", "it has no command line. Read ctx.input."),
  _extend: (target: object, source: object): object => Object.assign(target, source),
  isArray: Array.isArray,
  isBuffer: (value: unknown): boolean => Buffer.isBuffer(value),
  isDate: types.isDate,
  isError: types.isNativeError,
  isFunction: (value: unknown): boolean => typeof value === "function",
  isNull: (value: unknown): boolean => value === null,
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
  isNumber: (value: unknown): boolean => typeof value === "number",
  isObject,
  isPrimitive: (value: unknown): boolean => !isObject(value) && typeof value !== "function",
  isRegExp: types.isRegExp,
  isString: (value: unknown): boolean => typeof value === "string",
  isSymbol: (value: unknown): boolean => typeof value === "symbol",
  isUndefined: (value: unknown): boolean => value === undefined,
};
