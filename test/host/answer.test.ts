import { describe, expect, it } from "vitest";
import { readAnswer } from "#runtime/host/action/read-result.ts";
import { createRedactor } from "#runtime/vault/redact.ts";
import { rejection } from "#test/egress/server.ts";

const VALUE = "pässwörd-of-a-connection";
const blind = createRedactor([{ value: VALUE, replacement: "tncred_x" }]);

async function* whole(bytes: Buffer): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

const answer = (status: number, type: string, body: string, encoding: "utf8" | "latin1") => ({
  status,
  statusText: "",
  url: "https://api.example.com/",
  redirected: false,
  headers: [["content-type", type]] as const,
  body: whole(Buffer.from(body, encoding)),
  cancel: () => undefined,
});

describe("an answer that repeats a credential", () => {
  it.each(["utf8", "latin1"] as const)("is blind in %s, whatever it is", async (encoding) => {
    const json = JSON.stringify({ given: [VALUE], kept: "é" });
    expect((await readAnswer(answer(200, "application/json", json, encoding), blind, "It")).body).toEqual({
      given: ["tncred_x"],
      kept: "é",
    });
    expect((await readAnswer(answer(200, "text/plain", `é ${VALUE}!`, encoding), blind, "It")).body).toBe(
      "é tncred_x!",
    );
    const binary = await readAnswer(answer(200, "image/png", `é ${VALUE}!`, encoding), blind, "It");
    expect(JSON.stringify(binary.body)).toContain("tncred_x");
    const failure = await rejection(
      readAnswer(answer(400, "text/plain", `no ${VALUE}`, encoding), blind, "It"),
    );
    expect(failure).toMatchObject({ message: "It was answered with 400: no tncred_x" });
  });
});
