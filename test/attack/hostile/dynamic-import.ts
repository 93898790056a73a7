import type { Technique } from "../technique.ts";

/** Imports modules, files and data by every specifier. */
export const technique: Technique = {
  kind: "code generation",
  code: `async () => {
  const results = [];
  for (const name of ["node:fs", "fs", "isolated-vm", "file:///etc/passwd", "data:text/javascript,export default 1", "https://example.com/x.js", "./main.ts"])
    try { const load = new Function("name", "return import(name)"); await load(name); results.push("loaded " + name); } catch { results.push("refused"); }
  return [...new Set(results)];
}`,
  ends: ["completed"],
  answer: ["refused"],
};
