import { z } from "zod";

const text = z.string().min(1).max(20_000).optional();

/** The secrets of a client: what `oauth_apps.credential_sealed` holds, as JSON. */
export const appCredential = z.strictObject({
  clientSecret: text,
  /** PKCS #8 PEM, and the id of the key at the provider. */
  privateKey: text,
  keyId: text,
  /** PEM, for mutual TLS. */
  certificate: text,
  certificateKey: text,
});

export type AppCredential = z.output<typeof appCredential>;
