import { describe, expect, test } from "vitest";
import { Blind } from "#runtime/host/blind.ts";

const VALUE = "sk_live_zq81xmkw0p";
const CREDENTIAL = {
  name: "crm",
  value: VALUE,
  placeholder: "tncred_crm",
  hosts: ["api.example.com"],
  reveal: false,
};
const OWN = "https://api.example.com/items";
const STRANGER = "https://stranger.example.net/";

/** An answer of `url` under way: what comes out of its body after each piece of it. */
function answerOf(blind: Blind, url: string): (text: string) => Promise<string> {
  const { readable, writable } = blind.stream(url);
  const writer = writable.getWriter();
  const reader = readable.getReader();
  return async (text) => {
    void writer.write(Buffer.from(text));
    const { value } = await reader.read();
    return Buffer.from(value ?? []).toString();
  };
}

async function passed(blind: Blind, url: string, text: string): Promise<string> {
  return answerOf(blind, url)(text);
}

describe("answers of a host that a credential is not for hold nothing back that begins like it", () => {
  const beginning = `: ${VALUE.slice(0, 12)}`;

  test("whatever was learnt since its host was first asked", async () => {
    const blind = new Blind([]);
    expect(await passed(blind, OWN, beginning)).toBe(beginning);
    blind.learn([CREDENTIAL]);
    expect(await passed(blind, STRANGER, beginning)).toBe(beginning);
    expect(await passed(blind, OWN, beginning)).toBe(": ");
  });

  test("also in one that is under way", async () => {
    const blind = new Blind([]);
    await passed(blind, OWN, "first");
    const pass = answerOf(blind, STRANGER);
    expect(await pass("a")).toBe("a");
    blind.learn([CREDENTIAL]);
    expect(await pass(beginning)).toBe(beginning);
  });
});

test("an answer under way of the credential's own host knows it once it is learnt", async () => {
  const blind = new Blind([]);
  await passed(blind, STRANGER, "first");
  const pass = answerOf(blind, OWN);
  expect(await pass("a")).toBe("a");
  blind.learn([CREDENTIAL]);
  expect(await pass(`key ${VALUE} end`)).toBe("key tncred_crm end");
});
