import type { Technique } from "../technique.ts";

/** Has the secret's own host repeat it, and returns, logs and throws what comes back. */
export const technique: Technique = {
  kind: "exfiltration",
  code: `async (ctx) => {
  const response = await ctx.fetch(ctx.input.bound + "/repeat", { method: "POST", headers: { "x-key": ctx.secrets.KEY }, body: ctx.secrets.KEY + " " + btoa(ctx.secrets.KEY) + " " + ctx.secrets.KEY });
  const text = await response.text(); const header = response.headers.get("x-repeated");
  ctx.log.info("it is " + text, { header }); console.log([...text]);
  throw Object.assign(new Error("got " + text + header), { name: text, cause: new Error(header) });
}`,
  ends: ["TENON_USER_ERROR"],
};
