import assert, { AssertionError } from "node:assert";

// unenv's class is right but for its name, which test reports and packages look at.
Object.defineProperty(AssertionError.prototype, "name", {
  value: "AssertionError",
  configurable: true,
  writable: true,
});

/** `node:assert`. */
export const exported = assert;
