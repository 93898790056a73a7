import { ReadableStream } from "web-streams-polyfill";
import { brands } from "./brands.guest.ts";

export {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
} from "web-streams-polyfill";

brands.isStream = (value): value is ReadableStream<unknown> =>
  typeof value === "object" && value !== null && "_disturbed" in value && value instanceof ReadableStream;

async function* nothing(): AsyncGenerator {
  // Only its prototype is of interest.
}

// Streams, section 4.2.5: as the engine's own asynchronous iterators are.
Object.setPrototypeOf(
  Object.getPrototypeOf(new ReadableStream().values()) as object,
  Object.getPrototypeOf(Object.getPrototypeOf(nothing.prototype)) as object,
);

/** Whether anybody read from a stream or cancelled it (Streams, section 8.1.4), in the polyfill's own words. */
export function isDisturbed(stream: ReadableStream<unknown>): boolean {
  return (stream as unknown as { readonly _disturbed: boolean })._disturbed;
}
