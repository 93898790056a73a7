import { expect, test } from "vitest";
import { CallDesk, ProtocolError } from "#runtime/host/call-desk.ts";
import { ResponseStreams } from "#runtime/host/calls/streams.ts";
import { describeExecution } from "#runtime/host/describe.ts";
import { createRedactor } from "#runtime/vault/redact.ts";
import { bundleOf, NO_CONNECTIONS } from "./sandbox-pool.ts";

function desk(): CallDesk {
  const signal = new AbortController().signal;
  const execution = describeExecution({ organizationId: "a", bundle: bundleOf("() => 1"), signal }, 64);
  const egress = {
    fetch: async () => await Promise.reject(new Error("no way out")),
    close: async () => undefined,
  };
  const context = {
    ...NO_CONNECTIONS,
    execution,
    egress,
    signal,
    blind: createRedactor([]),
    streams: new ResponseStreams(),
  };
  return new CallDesk(context, () => undefined);
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
