import { cut } from "./cut.guest.ts";
import { describeValue } from "./inspect.guest.ts";
import {
  defineProperty,
  indexOf,
  isArray,
  min,
  NativeError,
  NativeTypeError,
  quote,
  slice,
  text,
  weakGet,
  weakSet,
} from "./primordials.guest.ts";

const MAX_CAUSES = 5;
/** Errors that stand side by side in one, as of `Promise.any`. */
const MAX_ERRORS = 5;
/** How many causes each of those has. */
const MEMBER_CAUSES = 2;
/** What is told of a value that is not an error. */
const MAX_SHOWN = 1_000;
const MAX_MESSAGE = 8_000;
const MAX_STACK = 16_000;
/** Of those that stand side by side and what caused them: there may be many. */
const MAX_DEEP_STACK = 8_000;

/** The codes of errors that the product made: what the author's own code throws has no code of ours. */
const codes = new WeakMap<object, string>();

/** What the network said to such an error, as in `ECONNREFUSED`. */
const reasons = new WeakMap<object, string>();

/** An error of the product: its code is a property for the author to test, and is believed when it ends the run. */
export function failure(
  code: string,
  message: string,
  kind: "Error" | "TypeError" = "Error",
  status?: number,
): Error {
  const error = kind === "TypeError" ? new NativeTypeError(message) : new NativeError(message);
  note(error, "code", code);
  if (status !== undefined) {
    note(error, "status", status);
  }
  weakSet(codes, error, code);
  return error;
}

function note(error: Error, key: string, value: unknown): void {
  const descriptor = { __proto__: null, value, enumerable: false, configurable: true, writable: true };
  defineProperty(error, key, descriptor as PropertyDescriptor);
}

/** The error with what the network said, for the author to test, and for what is told of it when it ends the run. */
export function withReason(error: Error, reason: string): Error {
  note(error, "reason", reason);
  weakSet(reasons, error, reason);
  return error;
}

/** The error with the frames of another, which has no message: where guest code asked for what then failed. */
export function place(error: Error, asked: Error): Error {
  const stack = read(asked, "stack", MAX_STACK);
  const frames = stack === null ? -1 : indexOf(stack, "\n");
  if (stack !== null && frames !== -1) {
    const value = `${read(error, "name", 200) ?? "Error"}: ${error.message}${slice(stack, frames)}`;
    const descriptor = { __proto__: null, value, enumerable: false, configurable: true, writable: true };
    defineProperty(error, "stack", descriptor as PropertyDescriptor);
  }
  return error;
}

/** Gives an error the code that it ends the run with. */
export function brand(error: object, code: string): void {
  weakSet(codes, error, code);
}

/** How an error came to be told, as the beginning of a sentence. */
const HOW = { thrown: "The workflow threw", cause: "Caused by", member: "One of the errors is" } as const;
type Told = keyof typeof HOW;

/** An error, or whatever was thrown, as JSON text for the worker. Reads what guest code may have trapped: guarded. */
export function describeThrown(thrown: unknown, depth = 0, told: Told = "thrown"): string {
  if ((typeof thrown !== "object" && typeof thrown !== "function") || thrown === null) {
    return `{"code":null,"name":"Error","message":${quote(noError(primitive(thrown), told))},"stack":null,"cause":null,"errors":[]}`;
  }
  const name = read(thrown, "name", 200) ?? "Error";
  const message = read(thrown, "message", MAX_MESSAGE) ?? noError(shape(thrown), told);
  const stack = read(thrown, "stack", depth < MAX_CAUSES - MEMBER_CAUSES ? MAX_STACK : MAX_DEEP_STACK);
  const code = weakGet(codes, thrown) ?? builtinCode(message);
  const reason = weakGet(reasons, thrown);
  const cause = depth < MAX_CAUSES ? causeOf(thrown, depth) : "null";
  const errors = depth === 0 ? errorsOf(thrown) : "[]";
  return `{"code":${code === null ? "null" : quote(code)},"reason":${reason === undefined ? "null" : quote(reason)},"name":${quote(name)},"message":${quote(message)},"stack":${stack === null ? "null" : quote(stack)},"cause":${cause},"errors":${errors}}`;
}

function noError(value: string, told: Told): string {
  return `${HOW[told]} ${value}, which is not an Error.`;
}

/** The errors in an AggregateError, or the two of a SuppressedError, each with the first of its causes. */
function errorsOf(thrown: object): string {
  try {
    const { errors, error, suppressed } = thrown as Partial<Record<string, unknown>>;
    const found = isArray(errors) ? errors : suppressed === undefined ? [] : [error, suppressed];
    let json = "";
    for (let index = 0; index < min(found.length, MAX_ERRORS); index += 1) {
      const member = describeThrown(found[index], MAX_CAUSES - MEMBER_CAUSES, "member");
      json += `${index === 0 ? "" : ","}${member}`;
    }
    return `[${json}]`;
  } catch {
    return "[]";
  }
}

function causeOf(thrown: object, depth: number): string {
  try {
    const cause: unknown = (thrown as { cause?: unknown }).cause;
    return cause === undefined ? "null" : describeThrown(cause, depth + 1, "cause");
  } catch {
    return "null";
  }
}

/** V8 refuses buffers beyond the isolate's limit with an ordinary error. */
function builtinCode(message: string): string | null {
  return message === "Array buffer allocation failed" ? "TENON_MEMORY_LIMIT" : null;
}

function read(thrown: object, key: "name" | "message" | "stack", limit: number): string | null {
  try {
    const value: unknown = (thrown as Record<string, unknown>)[key];
    return typeof value === "string" ? cut(value, limit) : null;
  } catch {
    return null;
  }
}

function primitive(value: unknown): string {
  if (typeof value === "string") {
    return quote(cut(value, 1_000));
  }
  return typeof value === "symbol" ? "a symbol" : cut(text(value), 1_000);
}

/** An object as a literal of its own data: a getter is named, not called. */
function shape(value: object): string {
  const shown = describeValue(value, MAX_SHOWN);
  return shown === "[unreadable]" ? "an object" : cut(shown, MAX_SHOWN);
}
