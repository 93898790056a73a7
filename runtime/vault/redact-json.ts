type Container = unknown[] | Record<string, unknown>;

/**
 * A copy of JSON data with its strings, keys and, where asked, numbers redacted, always in the same order. It keeps its own stack, so that
 * no depth of nesting overflows it, and an object that occurs twice is copied once.
 */
export function redactJson(root: unknown, text: (text: string) => string, numeric: boolean): unknown {
  const copies = new Map<Container, Container>();
  const pending: Container[] = [];
  const copyOf = (value: unknown): unknown => {
    if (!isContainer(value)) {
      return redactLeaf(value, text, numeric);
    }
    let copy = copies.get(value);
    if (copy === undefined) {
      copy = Array.isArray(value) ? [] : {};
      copies.set(value, copy);
      pending.push(value);
    }
    return copy;
  };

  const result = copyOf(root);
  for (let source = pending.pop(); source !== undefined; source = pending.pop()) {
    const copy = copies.get(source);
    if (Array.isArray(source) && Array.isArray(copy)) {
      // Not spread: a long array would overflow the stack.
      for (const value of source) {
        copy.push(copyOf(value));
      }
    } else if (copy !== undefined) {
      for (const [key, value] of Object.entries(source)) {
        // Not an assignment: the key may be `__proto__`.
        const property = { value: copyOf(value), enumerable: true, configurable: true, writable: true };
        Object.defineProperty(copy, text(key), property);
      }
    }
  }
  return result;
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function redactLeaf(value: unknown, text: (text: string) => string, numeric: boolean): unknown {
  if (typeof value === "string") {
    return text(value);
  }
  if (!numeric || (typeof value !== "number" && typeof value !== "bigint")) {
    return value;
  }
  const digits = String(value);
  const redacted = text(digits);
  return redacted === digits ? value : redacted;
}
