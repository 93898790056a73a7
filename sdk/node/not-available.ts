/** Thrown by what Node has and a workflow does not. */
class NotAvailableError extends Error {
  override readonly name = "NotAvailableError";
  readonly code = "TENON_NOT_AVAILABLE";

  /** @param called - What the author called: the stack begins where that was. */
  constructor(message: string, called: (...values: never[]) => unknown) {
    super(message);
    Error.captureStackTrace(this, called);
  }
}

/** A function of Node's that says why it is not here as soon as it is called. */
export function refuse(what: string, why: string): () => never {
  // No arrow function: it may be constructed and extended.
  return function refused() {
    throw new NotAvailableError(`${what} is not available in a workflow: ${why}`, refused);
  };
}

/**
 * A module of Node's that packages may import, keep and take apart, but not use: whatever is called or constructed
 * of it throws, and says which module and why. Its members are behind its prototype, which is what an `import` of
 * a CommonJS module hands on of what it cannot list.
 */
export function unavailable(what: string, why: string, known: object = {}): unknown {
  const members = new Map<PropertyKey, unknown>();
  const made = Object.assign(refuse(what, why), known);
  const behind = new Proxy(Function.prototype, {
    get: (plain, key) => {
      if (key === "default") {
        return made;
      }
      if (typeof key === "symbol" || key === "then" || key === "__esModule" || key in plain) {
        return Reflect.get(plain, key) as unknown;
      }
      if (!members.has(key)) {
        members.set(key, unavailable(`${what}.${key}`, why));
      }
      return members.get(key);
    },
  });
  return Object.setPrototypeOf(made, behind) as unknown;
}
