import type { ApiKeyKind } from "#runtime/keys.ts";
import type { Grant } from "./scopes.ts";

/** Who sends a request, as its API key says. */
export interface Caller {
  readonly organizationId: string;
  readonly keyId: string;
  readonly kind: ApiKeyKind;
  readonly scopes: readonly Grant[];
  readonly expiresAt: Date | null;
}
