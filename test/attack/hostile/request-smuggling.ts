import type { Technique } from "../technique.ts";

/** Sets the headers that say where a request ends. */
export const technique: Technique = {
  kind: "the network",
  code: `async (ctx) => {
  const outcomes = [];
  for (const headers of [{ "content-length": "0" }, { "transfer-encoding": "chunked" }, { "Transfer-Encoding": "identity, chunked", "content-length": "3" }, { connection: "upgrade", upgrade: "h2c" }, { expect: "100-continue" }, { host: "evil.test" }, { te: "trailers", trailer: "x" }, { "proxy-authorization": "Basic x" }]) try { const r = await ctx.fetch(ctx.input.bound + "/x", { method: "POST", headers, body: "0\\r\\n\\r\\nGET /smuggled HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n" }); outcomes.push(r.status); } catch { outcomes.push("refused"); }
  return outcomes.every((one) => one === 200 || one === "refused");
}`,
  ends: ["completed"],
  answer: true,
  holds: ({ requests }) => {
    if (requests.some((words) => words.startsWith("GET /smuggled") || words.includes("evil.test"))) {
      throw new Error("a smuggled request was heard");
    }
  },
};
