import type { Technique } from "../technique.ts";

/** Looks for a function of another realm: one whose Function is not this one's. */
export const technique: Technique = {
  kind: "constructor chains",
  code: `(ctx) => {
  const foreign = [];
  const visit = (value, path, depth) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || depth > 3) return;
    if (typeof value === "function" && !(value instanceof Function)) foreign.push(path);
    if (typeof value === "object" && !(value instanceof Object) && Object.getPrototypeOf(value) !== null) foreign.push(path);
    for (const key of Reflect.ownKeys(value)) { if (key === "prototype") continue; let next; try { next = value[key]; } catch { continue; } visit(next, path + "." + String(key), depth + 1); }
  };
  visit(ctx, "ctx", 0);
  for (const name of Object.getOwnPropertyNames(globalThis)) visit(globalThis[name], name, 1);
  return foreign;
}`,
  ends: ["completed"],
  answer: [],
};
