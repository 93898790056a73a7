import type { Technique } from "../technique.ts";

/** Writes an object that doubles at each level. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => { let o = 'x'; for (let i = 0; i < 40; i++) o = [o, o]; return JSON.stringify(o).length; }`,
  ends: ["TENON_CPU_LIMIT", "TENON_USER_ERROR", "TENON_MEMORY_LIMIT"],
  kills: true,
};
