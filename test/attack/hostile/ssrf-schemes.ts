import type { Technique } from "../technique.ts";

/** Asks for files, data and other schemes. */
export const technique: Technique = {
  kind: "the network",
  code: `async (ctx) => { const reached = []; for (const url of ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "blob:null/x", "ws://127.0.0.1/", "javascript:1", "unix:/run/docker.sock", "http://unix:/run/docker.sock:/info", "//127.0.0.2/", "about:blank"]) try { const r = await ctx.fetch(url); reached.push(url + r.status); } catch {} return reached; }`,
  ends: ["completed"],
  answer: [],
};
