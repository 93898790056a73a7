import { createPrivateKey, X509Certificate } from "node:crypto";
import type { KeyObject, webcrypto } from "node:crypto";
import * as client from "openid-client";
import { InvalidError } from "#runtime/errors.ts";
import type { OAuthApp } from "../credential.ts";
import { resolveUrl } from "../resolve.ts";
import type { Places } from "../resolve.ts";
import type { OAuthContext } from "./context.ts";

/**
 * How the app proves itself at the token endpoint (RFC 6749 §2.3).
 *
 * @throws InvalidError `TENON_OAUTH_APP` when the app lacks what the connector needs for that.
 */
export async function clientAuthentication(
  { connector, method, app }: OAuthContext,
  places: Places,
): Promise<client.ClientAuth> {
  switch (method.clientAuth) {
    case "basic":
      return basic(secretOf(app), method.basicEncoding);
    case "body":
      return client.ClientSecretPost(secretOf(app));
    case "private_key_jwt":
      return assertion(app, resolveUrl(connector, method.assertionAudience ?? method.tokenUrl, places).href);
    case "tls":
      requirePair(app);
      return client.TlsClientAuth();
    case "none":
    default:
      return client.None();
  }
}

/** What egress presents in the TLS handshake, for apps that prove themselves with it (RFC 8705). */
export function clientCertificate({
  method,
  app,
}: OAuthContext): { certificate: string; key: string } | undefined {
  return method.clientAuth === "tls"
    ? {
        certificate: required(app.certificate, "certificate"),
        key: required(app.certificateKey, "private key of its certificate"),
      }
    : undefined;
}

/** A pair that does not fit fails in the handshake with words that nobody understands. */
function requirePair(app: OAuthApp): void {
  const certificate = required(app.certificate, "certificate");
  const key = required(app.certificateKey, "private key of its certificate");
  let fits: boolean;
  try {
    fits = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    throw appError("its certificate or the private key of it is not PEM");
  }
  if (!fits) {
    throw appError("its certificate belongs to another private key");
  }
}

/**
 * The library encodes every character that RFC 6749 §2.3.1 lets it encode. Servers that do not decode are many, and
 * `-._~` need no encoding (RFC 3986 §2.3), so these go as they are: then both kinds of server read the same.
 */
function basic(secret: string, encoding: "form" | "raw"): client.ClientAuth {
  const encode = encoding === "raw" ? (text: string) => text : formEncode;
  return (_server, { client_id: id }, _body, headers) => {
    const pair = Buffer.from(`${encode(id)}:${encode(secret)}`);
    headers.set("authorization", `Basic ${pair.toString("base64")}`);
  };
}

function formEncode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

async function assertion(app: OAuthApp, audience: string): Promise<client.ClientAuth> {
  const key = await importKey(required(app.privateKey, "private key"));
  return client.PrivateKeyJwt(app.keyId === null ? key : { key, kid: app.keyId }, {
    [client.modifyAssertion]: (_header, payload) => {
      payload["aud"] = audience;
    },
  });
}

async function importKey(pem: string): Promise<client.CryptoKey> {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw appError("its private key is not a PKCS #8 PEM");
  }
  const algorithm = signatureOf(key);
  if (algorithm === undefined) {
    throw appError("its private key is of a kind that signs no assertions: use RSA, EC or Ed25519");
  }
  const der = key.export({ type: "pkcs8", format: "der" });
  return crypto.subtle.importKey("pkcs8", new Uint8Array(der), algorithm, false, ["sign"]);
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
};

type Algorithm = webcrypto.Algorithm | webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams;

function signatureOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Algorithm | undefined {
  if (asymmetricKeyType === "rsa") {
    return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  }
  if (asymmetricKeyType === "ed25519") {
    return { name: "Ed25519" };
  }
  const namedCurve = CURVES[asymmetricKeyDetails?.namedCurve ?? ""];
  return asymmetricKeyType === "ec" && namedCurve !== undefined ? { name: "ECDSA", namedCurve } : undefined;
}

function secretOf(app: OAuthApp): string {
  return required(app.clientSecret, "client secret");
}

function required(value: string | null, what: string): string {
  if (value === null || value === "") {
    throw appError(`it has no ${what}`);
  }
  return value;
}

function appError(problem: string): InvalidError {
  return new InvalidError(
    `The OAuth app cannot prove itself to the provider: ${problem}. Set it on the app.`,
    {
      code: "TENON_OAUTH_APP",
    },
  );
}
