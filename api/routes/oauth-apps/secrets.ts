import { X509Certificate, createPrivateKey } from "node:crypto";
import { invalid } from "#api/middleware/parse.ts";
import type { FieldIssue } from "#runtime/errors.ts";
import type { AppCredential } from "#runtime/oauth/app-credential.ts";
import type { AuthMethodOf } from "#sdk/connector/auth.ts";
import type { Connector } from "#sdk/connector/schema.ts";

/** The secrets of an app as a request sends them. */
interface Sent {
  readonly clientSecret?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly keyId?: string | undefined;
  readonly certificate?: string | undefined;
  readonly certificateKey?: string | undefined;
}

/** What was sent, without blanks. @throws InvalidError where a key or certificate is none */
export function sentSecrets(sent: Sent): AppCredential {
  const { clientSecret, privateKey, keyId, certificate, certificateKey } = sent;
  const given = Object.entries({ clientSecret, privateKey, keyId, certificate, certificateKey }).filter(
    ([, value]) => value !== undefined && value !== "",
  );
  const issues = given.flatMap(([name, value]) => pemIssue(name, value ?? ""));
  if (issues.length > 0) {
    throw invalid(issues);
  }
  return Object.fromEntries(given) as AppCredential;
}

/** Reads what must be PEM, by the name of its field. Throws where it is none. */
const READ_PEM: Readonly<Record<string, (pem: string) => unknown>> = {
  privateKey: createPrivateKey,
  certificateKey: createPrivateKey,
  certificate: (pem) => new X509Certificate(pem),
};

function pemIssue(name: string, value: string): FieldIssue[] {
  try {
    READ_PEM[name]?.(value);
    return [];
  } catch {
    const what = name === "certificate" ? "a certificate" : "a private key without a passphrase";
    return [{ path: name, message: `must be ${what} in PEM` }];
  }
}

/** What each way of proving the app needs. */
const NEEDED: Readonly<Record<AuthMethodOf<"oauth2">["clientAuth"], readonly (keyof AppCredential)[]>> = {
  basic: ["clientSecret"],
  body: ["clientSecret"],
  private_key_jwt: ["privateKey"],
  tls: ["certificate", "certificateKey"],
  none: [],
};

/** Refuses an app that no OAuth method of its connector could use. */
export function requireUsable(connector: Connector, secretNames: readonly string[]): void {
  const methods = connector.auth.filter((method) => method.type === "oauth2");
  const [first] = methods;
  if (first === undefined) {
    throw invalid([{ path: "connector", message: `"${connector.slug}" has no OAuth method` }]);
  }
  const missing = (method: AuthMethodOf<"oauth2">): (keyof AppCredential)[] =>
    NEEDED[method.clientAuth].filter((name) => !secretNames.includes(name));
  if (!methods.some((method) => missing(method).length === 0)) {
    throw invalid(
      missing(first).map((path) => ({ path, message: `is missing: "${connector.slug}" needs it` })),
    );
  }
}
