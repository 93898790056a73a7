import type { Technique } from "../technique.ts";

/** Gives every object the fields of a property descriptor. */
export const technique: Technique = {
  kind: "polluted prototypes",
  code: `async (ctx) => {
  Object.defineProperties(Object.prototype, { get: { value() { return "got"; }, configurable: true }, set: { value() {}, configurable: true }, value: { value: "value", configurable: true }, writable: { value: true, configurable: true } });
  let name = "none";
  try { ctx.secrets.NOPE; } catch (error) { name = error.name; }
  for (const key of ["get", "set", "value", "writable"]) delete Object.prototype[key];
  return name;
}`,
  ends: ["completed", "TENON_USER_ERROR"],
};
