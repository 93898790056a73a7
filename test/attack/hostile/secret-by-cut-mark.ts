import type { Technique } from "../technique.ts";

/** Writes guesses of a secret's beginning in front of the mark that the product sets where it cuts a text off. */
export const technique: Technique = {
  kind: "exfiltration",
  code: `async (ctx) => {
  const guesses = [..."0123456789abcdef"].map((digit) => "key-" + digit);
  const told = await Promise.all(guesses.map((guess) => ctx.hmac(guess + "… (cut)", "x").catch((error) => error.message)));
  for (const guess of guesses) console.log(guess + "… (cut)");
  return told.filter((words, i) => !words.includes(guesses[i]));
}`,
  ends: ["completed"],
  answer: [],
  holds: ({ lines }) => {
    // A last digit may be the first of a secret that is shown, and go; a right guess would go as a whole.
    const changed = lines.filter(({ message }) => !/^key-[0-9a-f]?… \(cut\)$/.test(message));
    if (lines.length !== 16 || changed.length > 0) {
      throw new Error(`The log tells a beginning: ${JSON.stringify(changed)}`);
    }
  },
};
