import type { Credential } from "#runtime/oauth/credential.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { openText } from "#runtime/vault/open.ts";
import type { Place } from "#runtime/vault/place.ts";
import { seal } from "#runtime/vault/seal.ts";

interface CredentialPlace {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly version: number;
}

/** Seals a credential for one version of one connection. Outside of any transaction, as every sealing. */
export async function sealCredential(
  keyring: Keyring,
  given: CredentialPlace & { readonly credential: Credential },
): Promise<Buffer> {
  return seal(keyring, placeOf(given), JSON.stringify(given.credential));
}

/** Opens the credential of one version of one connection. */
export async function openCredential(
  keyring: Keyring,
  given: CredentialPlace & { readonly sealed: Buffer },
): Promise<Credential> {
  return JSON.parse(await openText(keyring, placeOf(given), given.sealed)) as Credential;
}

function placeOf({ organizationId, connectionId, version }: CredentialPlace): Place {
  return { organizationId, table: "credentials", row: connectionId, column: "data", version };
}
