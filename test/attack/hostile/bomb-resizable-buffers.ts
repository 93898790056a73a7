import type { Technique } from "../technique.ts";

/** Grows buffers beyond what the isolate counts. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const kept = []; for (let i = 0; i < 100; i++) { const b = new ArrayBuffer(1, { maxByteLength: 2 ** 28 }); try { b.resize(2 ** 28); kept.push(b); } catch {} } return kept.length; }`,
  ends: ["completed"],
  answer: 0,
};
