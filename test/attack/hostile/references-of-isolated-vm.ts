import type { Technique } from "../technique.ts";

/** Looks on every reachable object for what isolated-vm could have left. */
export const technique: Technique = {
  kind: "leaked references",
  code: `(ctx) => {
  const found = []; const seen = new Set();
  const names = ["applySync", "applySyncPromise", "derefInto", "copyInto", "applyIgnored", "getSync", "setSync", "release", "dispose", "evalClosure", "createContext", "transferIn"];
  const visit = (value, path, depth) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value) || depth > 5) return;
    seen.add(value);
    for (const name of names) try { if (name in value && typeof value[name] === "function" && path.length < 200) found.push(path + "." + name); } catch {}
    for (const key of Reflect.ownKeys(value)) { const d = Reflect.getOwnPropertyDescriptor(value, key); for (const next of [d.value, d.get, d.set]) visit(next, path + "." + String(key), depth + 1); }
    visit(Reflect.getPrototypeOf(value), path + ".__proto__", depth + 1);
  };
  visit(globalThis, "globalThis", 0); visit(ctx, "ctx", 0); visit(new Error().stack, "stack", 0);
  return found.filter((path) => !/DisposableStack|Iterator/.test(path));
}`,
  ends: ["completed"],
  answer: [],
};
