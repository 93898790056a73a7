import type { Technique } from "../technique.ts";

/** Writes line breaks into the method and the address. */
export const technique: Technique = {
  kind: "the network",
  code: `async (ctx) => {
  const reached = [];
  for (const [url, method] of [["/x HTTP/1.1\\r\\nx-smuggled: 1\\r\\n\\r\\n", "GET"], ["/x", "GET /smuggled HTTP/1.1\\r\\n\\r\\nGET"], ["/x", "GET\\r\\nx-smuggled: 1"], ["/x\\u010d\\u010aGET /smuggled", "GET"], ["/%0d%0asmuggled", "CONNECT"], ["/x", "TRACE"], ["/x", "CONNECT"]]) try { const r = await ctx.fetch(ctx.input.bound + url, { method }); reached.push(method + r.status); } catch {}
  return reached.filter((one) => /CONNECT|TRACE|smuggled/.test(one));
}`,
  ends: ["completed"],
  answer: [],
  holds: ({ requests }) => {
    if (requests.some((words) => /^(CONNECT|TRACE)|^\S+ \/smuggled|^x-smuggled$/m.test(words))) {
      throw new Error("a smuggled request was heard");
    }
  },
};
