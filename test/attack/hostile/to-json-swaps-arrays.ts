import type { Technique } from "../technique.ts";

/** Changes the array while it is written. */
export const technique: Technique = {
  kind: "toJSON and hooks",
  code: `() => { const list = [1, { toJSON() { list.length = 0; for (let i = 0; i < 10; i++) list.push({ toJSON: this.toJSON }); return 0; } }, 3]; return list; }`,
  ends: ["completed", "TENON_CPU_LIMIT", "TENON_TOO_LARGE"],
};
