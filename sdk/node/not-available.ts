/** Thrown by what Node has and a workflow does not. */
export class NotAvailableError extends Error {
  override readonly name = "NotAvailableError";
  readonly code = "TENON_NOT_AVAILABLE";
}

/** A function of Node's that says why it is not here as soon as it is called. */
export function refuse(what: string, why: string): () => never {
  // No arrow function: it may be constructed and extended.
  return function refused() {
    throw new NotAvailableError(`${what} is not available in a workflow: ${why}`);
  };
}

/**
 * A module of Node's that packages may import, keep and take apart, but not use: whatever is called or constructed
 * of it throws, and says which module and why.
 */
export function unavailable(what: string, why: string, known: object = {}): unknown {
  const members = new Map<PropertyKey, unknown>();
  const target = Object.assign(refuse(what, why), known);
  return new Proxy(target, {
    get: (own, key, receiver) => {
      if (key === "default") {
        return receiver as unknown;
      }
      if (typeof key === "symbol" || key === "then" || key === "__esModule" || Reflect.has(own, key)) {
        return Reflect.get(own, key) as unknown;
      }
      if (!members.has(key)) {
        members.set(key, unavailable(`${what}.${key}`, why));
      }
      return members.get(key);
    },
    apply: (own) => own(),
    construct: (own) => own(),
  });
}
