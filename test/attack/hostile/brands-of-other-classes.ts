import type { Technique } from "../technique.ts";

/** Calls the methods of platform classes on other objects. */
export const technique: Technique = {
  kind: "brand confusion",
  code: `() => {
  const odd = []; const thises = [null, undefined, 1, {}, [], Object.create(null), new Map(), Promise.resolve(), globalThis, new Proxy({}, {})];
  for (const name of ["URL", "URLSearchParams", "Headers", "Request", "Response", "AbortController", "AbortSignal", "EventTarget", "Event", "TextEncoder", "TextDecoder", "Blob", "File", "FormData", "ReadableStream", "WritableStream", "TransformStream"]) {
    const type = globalThis[name]; if (typeof type !== "function") continue;
    for (const key of Reflect.ownKeys(type.prototype)) { if (key === "constructor") continue; const { value, get } = Reflect.getOwnPropertyDescriptor(type.prototype, key); for (const f of [value, get]) if (typeof f === "function") for (const self of thises) try { const out = Reflect.apply(f, self, []); if (typeof out === "function" && !(out instanceof Function)) odd.push(name + "." + String(key)); out?.catch?.(() => {}); } catch (error) { if (!(error instanceof Error)) odd.push(name + "." + String(key) + " threw " + typeof error); } }
  }
  return odd;
}`,
  ends: ["completed"],
  answer: [],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
