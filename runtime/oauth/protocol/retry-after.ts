import type { RawAnswer } from "./send.ts";

const LONGEST_MS = 86_400_000;

/** How long the provider asks to wait (RFC 9110 §10.2.3: seconds, or a date); null: it does not say. */
export function retryAfterMs({ headers, receivedAt }: RawAnswer): number | null {
  const value = headers.get("retry-after")?.trim() ?? "";
  const wait = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - receivedAt;
  return Number.isFinite(wait) && wait >= 0 ? Math.min(wait, LONGEST_MS) : null;
}
