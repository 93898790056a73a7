import type { Technique } from "../technique.ts";

/** Writes line breaks and a second request into header names and values. */
export const technique: Technique = {
  kind: "the network",
  code: `async (ctx) => {
  const outcomes = [];
  for (const [name, value] of [["x-a", "1\\r\\nx-smuggled: 1"], ["x-a\\r\\nx-smuggled", "1"], ["x-a", "1\\r\\n\\r\\nGET /smuggled HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n"], ["x-a", "\\u010d\\u010ax-smuggled: 1"], ["x a", "1"], ["", "1"], ["x-a:", "1"], ["x-a", "1\\0smuggled"]]) try { const r = await ctx.fetch(ctx.input.bound + "/x", { headers: { [name]: value } }); outcomes.push(r.status); } catch (error) { outcomes.push("refused"); }
  return outcomes.filter((one) => one !== "refused");
}`,
  ends: ["completed"],
  answer: [],
  holds: ({ requests }) => {
    if (requests.some((words) => words.includes("smuggled"))) {
      throw new Error("a smuggled request was heard");
    }
  },
};
