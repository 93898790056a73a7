import type { Technique } from "../technique.ts";

/** Exhausts the stack in a getter of what it throws. */
export const technique: Technique = {
  kind: "stack exhaustion",
  code: `() => { const error = new Error("x"); Object.defineProperty(error, "message", { get() { return this.message + "x"; } }); Object.defineProperty(error, "cause", { get() { return this.cause; } }); throw error; }`,
  ends: ["TENON_USER_ERROR"],
};
