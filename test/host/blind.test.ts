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

/** What comes out of an answer of `url` while its body goes on after `text`. */
async function passed(blind: Blind, url: string, text: string): Promise<string> {
  const { readable, writable } = blind.stream(url);
  const writer = writable.getWriter();
  void writer.write(Buffer.from(text));
  const { value } = await readable.getReader().read();
  return Buffer.from(value ?? []).toString();
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
    const { readable, writable } = blind.stream(STRANGER);
    const writer = writable.getWriter();
    const reader = readable.getReader();
    void writer.write(Buffer.from("a"));
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("a");
    blind.learn([CREDENTIAL]);
    void writer.write(Buffer.from(beginning));
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(beginning);
  });
});

test("an answer under way of the credential's own host knows it once it is learnt", async () => {
  const blind = new Blind([]);
  await passed(blind, STRANGER, "first");
  const { readable, writable } = blind.stream(OWN);
  const writer = writable.getWriter();
  const reader = readable.getReader();
  void writer.write(Buffer.from("a"));
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("a");
  blind.learn([CREDENTIAL]);
  void writer.write(Buffer.from(`key ${VALUE} end`));
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("key tncred_crm end");
});
