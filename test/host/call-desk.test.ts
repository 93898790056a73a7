import { expect, test } from "vitest";
import { Blind } from "#runtime/host/blind.ts";
import { CallDesk, ProtocolError } from "#runtime/host/call-desk.ts";
import { ResponseStreams } from "#runtime/host/calls/streams.ts";
import { describeExecution } from "#runtime/host/describe.ts";
import type { EgressSecret } from "#runtime/egress/fetch.ts";
import { encodeFrame } from "#runtime/sandbox/wire.ts";
import { bundleOf, NO_CONNECTIONS, secret } from "./sandbox-pool.ts";

function desk(options: { reply?: (text: string) => void; secrets?: readonly EgressSecret[] } = {}): CallDesk {
  const { reply = () => undefined, secrets = [] } = options;
  const signal = new AbortController().signal;
  const described = describeExecution({ organizationId: "a", bundle: bundleOf("() => 1"), signal }, 64);
  const execution = { ...described, secrets, onSecretUse: async () => undefined };
  const egress = {
    fetch: async () => await Promise.reject(new Error("no way out")),
    close: async () => undefined,
  };
  const context = {
    ...NO_CONNECTIONS,
    execution,
    egress,
    signal,
    blind: new Blind([]),
    streams: new ResponseStreams(),
  };
  return new CallDesk(context, reply);
}

test.each([
  ["a repeated id", ['c1 reveal {"name":"A"}', 'c1 reveal {"name":"A"}']],
  ["a skipped id", ['c2 reveal {"name":"A"}']],
  ["an unknown call", ["c1 exec {}"]],
  ["a call of an object's own names", ["c1 constructor {}"]],
  ["no JSON", ["c1 reveal {"]],
  ["no call at all", ["c reveal"]],
])("%s is forged", (_, texts) => {
  const under = desk();
  expect(() => {
    for (const text of texts) {
      under.take(text);
    }
  }).toThrow(ProtocolError);
});

test("an answer that fits into no frame is an error, and nothing else happens to the worker", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const value = "\u0001".repeat(9_000_000);
  desk({ reply: resolve, secrets: [secret("LONG", value, { reveal: true })] }).take(
    'c1 reveal {"name":"LONG"}',
  );
  const reply = await promise;
  expect(reply).toMatch(/^e1 .*TENON_TOO_LARGE/);
  expect(() => encodeFrame({ type: "deliver", run: 1, text: reply })).not.toThrow();
});

test("a call that is short to write and heavy to hold is not held", () => {
  const replies: string[] = [];
  const under = desk({ reply: (text) => replies.push(text) });
  under.take(`c1 connection.action {"alias":"a","action":"b","input":[${"{},".repeat(2_000_000)}{}]}`);
  expect(replies.join()).toMatch(/^e1 .*TENON_TOO_LARGE/);
});
