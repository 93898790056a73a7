import type { Technique } from "../technique.ts";

/** Asks for the plaintext of secrets, declared and not, past the prelude. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, done, heard, run, pause }) => { const names = ["KEY", "DATABASE_URL", "TENON_MASTER_KEY", "__proto__"]; names.forEach((name, i) => post("c" + (i + 1) + " reveal " + JSON.stringify({ name }))); const mine = () => heard.filter((f) => f.type === "deliver" && f.run === run); while (mine().length < names.length) await pause(5); done(mine().map((f) => JSON.parse(f.text.slice(f.text.indexOf(" "))).code)); }`,
  ends: ["completed"],
  answer: ["TENON_REVEAL_DENIED", "TENON_UNDECLARED", "TENON_UNDECLARED", "TENON_UNDECLARED"],
  escaped: true,
};
