import { readPlace } from "./read-place.ts";
import type { Signal } from "./schema.ts";

/** An answer, as far as signals look at it. */
export interface SignalledAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** The parsed JSON body; undefined where it is none. */
  readonly body: unknown;
}

/** Whether an answer means what `signal` stands for: every part that the signal has must hold. */
export function matchesSignal(signal: Signal, answer: SignalledAnswer): boolean {
  return (
    (signal.status === undefined || signal.status.includes(answer.status)) &&
    Object.entries(signal.headers ?? {}).every(([name, value]) => answer.headers.get(name) === value) &&
    (signal.path === undefined || placeHolds(answer.body, signal.path, signal.equals))
  );
}

function placeHolds(body: unknown, path: string, equals: string | undefined): boolean {
  const value = readPlace(body, path);
  if (equals === undefined) {
    return value !== undefined && value !== null;
  }
  return (
    (typeof value === "string" || typeof value === "number" || typeof value === "boolean") &&
    String(value) === equals
  );
}
