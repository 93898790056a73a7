import { expect, test } from "vitest";
import { expectBlind, key, startWorld } from "./world.ts";

const world = startWorld();

test("resend sends a mail and reports a refusal with a key that it never sees", async () => {
  const secrets = { RESEND_KEY: key("re_") };
  const called = await world.call("resend", {
    secrets,
    answer: ({ url, headers }) =>
      url === "/emails"
        ? { json: { id: "mail-1" } }
        : { status: 404, json: { name: "not_found", message: `no, ${String(headers.authorization)}` } },
  });
  expect(called.result).toEqual({ sent: "mail-1", refused: "not_found" });
  const [mail, domain] = called.received;
  expect(JSON.parse(mail?.body ?? "")).toMatchObject({ to: ["ada@example.com"], subject: "Hello" });
  expect(mail?.headers["idempotency-key"]).toBe("mail-1");
  expect(domain?.url).toBe("/domains/none");
  for (const { headers } of called.received) {
    expect(headers.authorization).toBe(`Bearer ${secrets.RESEND_KEY}`);
  }
  expectBlind(called, secrets);
});
