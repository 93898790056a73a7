import type { Technique } from "../technique.ts";

/** Reveals a secret and hides it in results, logs, errors, names and stacks, in pieces and encodings. */
export const technique: Technique = {
  kind: "exfiltration",
  code: `async (ctx) => {
  const shown = await ctx.reveal("SHOWN");
  ctx.log.info(shown, { [shown]: shown }); console.error(shown.slice(0, 10)); console.error(shown.slice(10)); console.log(btoa(shown), encodeURIComponent(shown), [shown]);
  const named = Function("return function " + shown.replace(/\\W/g, "_") + "() { throw new Error('named') }")();
  if (ctx.input.never) named();
  return { shown, base64: btoa(shown), json: JSON.stringify({ shown }), [shown]: 1 };
}`,
  ends: ["completed"],
};
