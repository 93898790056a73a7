/** The upstream account behind a credential. */
export interface Account {
  readonly id: string;
  readonly name: string | null;
}

/** How a verification went. */
export interface VerificationSummary {
  readonly ok: boolean;
  /** The provider's HTTP status; null: it could not be reached. */
  readonly status: number | null;
  readonly latencyMs: number;
  /** The provider's reason, redacted; null where it is well. */
  readonly reason: string | null;
}

/** What `connections.verification` holds. */
export interface StoredVerification extends VerificationSummary {
  /** RFC 3339. */
  readonly at: string;
}

/** The verification as it is stored: with the time, and without anything else that the result may carry. */
export function stampVerification({
  ok,
  status,
  latencyMs,
  reason,
}: VerificationSummary): StoredVerification {
  return { ok, status, latencyMs: Math.round(latencyMs), reason, at: new Date().toISOString() };
}

/** Whether the provider understood and said no: not merely away, or busy. */
export function wasRefused({ ok, status }: VerificationSummary): boolean {
  return !ok && status !== null && status < 500 && status !== 429;
}
