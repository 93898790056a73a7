/**
 * For the tests of connector authors: a strict provider on loopback that is made from a connector's definition, and
 * a run through a connection's whole life on a real Tenon.
 *
 * @packageDocumentation
 */
export { startFakeProvider } from "./fake-provider/start.ts";
export type { FakeControl, FakeProvider } from "./fake-provider/start.ts";
export { ExerciseError, exerciseConnector } from "./fake-provider/exercise.ts";
export type { ExerciseReport, ExerciseStep } from "./fake-provider/exercise.ts";
export type {
  FakeAnswer,
  FakeBehavior,
  FakeCounts,
  FakeEndpoint,
  FakeLogEntry,
  FakeRequest,
  Mishap,
} from "./fake-provider/behavior.ts";
