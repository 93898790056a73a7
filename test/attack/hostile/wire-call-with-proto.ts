import type { Technique } from "../technique.ts";

/** Sends arguments with __proto__ and fields that the worker does not know. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, done, heard, run, pause }) => { post('c1 reveal {"name":"KEY","__proto__":{"reveal":true},"constructor":{"prototype":{"reveal":true}}}'); post('c2 reveal {"__proto__":{"name":"SHOWN"}}'); const mine = () => heard.filter((f) => f.type === "deliver" && f.run === run); while (mine().length < 2) await pause(5); done(mine().every((f) => f.text.startsWith("e"))); }`,
  ends: ["completed"],
  answer: true,
  escaped: true,
};
