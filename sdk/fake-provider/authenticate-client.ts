import { X509Certificate, constants, createHash, timingSafeEqual, verify } from "node:crypto";
import type { OAuth2 } from "../connector/oauth.ts";
import type { FakeRequest } from "./behavior.ts";
import type { Desk } from "./desk.ts";
import { fillKnown } from "./places.ts";
import { requireThat } from "./refusal.ts";

const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/**
 * The client proves itself in exactly the way that the definition says (RFC 6749 §2.3: no more than one way).
 * @throws Refusal `invalid_client`
 */
export function authenticateClient(
  desk: Desk,
  oauth: OAuth2,
  request: FakeRequest,
  parameters: Readonly<Record<string, string>>,
  omitted: readonly string[] = [],
): void {
  const { clientId, clientSecret } = desk.client;
  const hasHeader = request.headers["authorization"] !== undefined;
  const hasSecret = parameters["client_secret"] !== undefined;
  switch (oauth.clientAuth) {
    case "basic":
      requireBasic(oauth, request, clientId, clientSecret);
      return refuseUnless(!hasSecret, "client_secret must not be sent besides Basic.");
    case "body":
      refuseUnless(!hasHeader, "The header Authorization must not be sent.");
      refuseUnless(
        omitted.includes("client_id") || parameters["client_id"] === clientId,
        "client_id is not that of the app.",
      );
      return refuseUnless(
        omitted.includes("client_secret") || same(parameters["client_secret"] ?? "", clientSecret),
        "client_secret is wrong.",
      );
    case "private_key_jwt":
      refuseUnless(!hasHeader && !hasSecret, "An assertion is all that may be sent.");
      return requireAssertion(desk, oauth, parameters, `${desk.origin}${request.url.replace(/\?.*$/s, "")}`);
    // RFC 8705 §2: client_id is all that is in the request.
    case "tls":
    case "none":
      refuseUnless(isRegistered(desk, oauth, request), "The client's certificate is not that of the app.");
      refuseUnless(!hasHeader && !hasSecret, "No secret may be sent.");
      return refuseUnless(parameters["client_id"] === clientId, "client_id is not that of the app.");
  }
}

/** Without TLS there is nothing to look at. */
function isRegistered({ behavior }: Desk, { clientAuth }: OAuth2, { certificate }: FakeRequest): boolean {
  const registered = clientAuth === "tls" ? behavior.tls?.clientCertificate : undefined;
  return registered === undefined || new X509Certificate(registered).fingerprint256 === certificate;
}

/**
 * Compared as it stands: RFC 6749 §2.3.1 has both halves form-encoded, but many providers never decode them, so that
 * a client has to leave alone what needs no encoding.
 */
function requireBasic(oauth: OAuth2, request: FakeRequest, clientId: string, clientSecret: string): void {
  const encode = oauth.basicEncoding === "raw" ? String : formEncode;
  const [, text = ""] = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(request.headers["authorization"] ?? "") ?? [];
  refuseUnless(text !== "", "The header Authorization must hold Basic credentials.");
  const given = Buffer.from(text, "base64").toString();
  refuseUnless(
    same(given, `${encode(clientId)}:${encode(clientSecret)}`),
    "The Basic credentials are wrong.",
  );
}

/** application/x-www-form-urlencoded, with the unreserved characters of RFC 3986 §2.3 as they are. */
function formEncode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function requireAssertion(
  desk: Desk,
  oauth: OAuth2,
  parameters: Readonly<Record<string, string>>,
  asked: string,
): void {
  refuseUnless(
    parameters["client_assertion_type"] === ASSERTION,
    `client_assertion_type must be ${ASSERTION}.`,
  );
  const [header = "", payload = "", signature = ""] = (parameters["client_assertion"] ?? "").split(".");
  const claims = readPart(payload);
  refuseUnless(
    isSigned(desk, readPart(header)["alg"], `${header}.${payload}`, signature),
    "The assertion's signature is wrong.",
  );
  const { clientId } = desk.client;
  refuseUnless(
    claims["iss"] === clientId && claims["sub"] === clientId,
    "iss and sub must be the client id.",
  );
  const audience = [claims["aud"]].flat();
  const named = oauth.assertionAudience;
  const issuers = named === undefined ? [asked] : [fillKnown(named, desk.known, encodeURIComponent)];
  refuseUnless(
    audience.some((one) => issuers.includes(String(one))),
    `aud must be ${issuers.join()}.`,
  );
  refuseUnless(Number(claims["exp"]) * 1_000 > desk.now(), "The assertion has ended.");
  const id = claims["jti"];
  refuseUnless(typeof id === "string" && !desk.assertions.has(id), "jti must be there, and new.");
  desk.assertions.add(String(id));
}

function isSigned(desk: Desk, algorithm: unknown, text: string, signature: string): boolean {
  if (desk.publicKey === null) {
    return false;
  }
  const padding = algorithm === "PS256" ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const isKnown = algorithm === "PS256" || algorithm === "RS256";
  return (
    isKnown &&
    verify("sha256", Buffer.from(text), { key: desk.publicKey, padding }, Buffer.from(signature, "base64url"))
  );
}

function readPart(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function refuseUnless(holds: boolean, message: string): void {
  requireThat(holds, message, "invalid_client");
}
