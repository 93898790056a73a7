/**
 * For the tests of connector authors: a provider on loopback that is made from a connector's definition.
 *
 * @packageDocumentation
 */
export { startFakeProvider } from "./fake-provider/start.ts";
export type { FakeControl, FakeProvider } from "./fake-provider/start.ts";
export type {
  FakeAnswer,
  FakeBehavior,
  FakeCounts,
  FakeEndpoint,
  FakeLogEntry,
  FakeRequest,
  Mishap,
} from "./fake-provider/behavior.ts";
