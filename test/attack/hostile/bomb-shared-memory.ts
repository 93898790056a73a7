import type { Technique } from "../technique.ts";

/** Looks for shared and WebAssembly memory, which the heap limit does not see. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const found = []; for (const name of ["SharedArrayBuffer", "WebAssembly", "Atomics"]) if (name in globalThis) found.push(name); try { if (new DataView(new ArrayBuffer(1)).buffer.constructor.prototype.grow) found.push("grow"); } catch {} return found; }`,
  ends: ["completed"],
  answer: [],
};
