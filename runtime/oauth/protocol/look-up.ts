import { fill, resolveHosts, resolveUrl } from "../resolve.ts";
import type { Credential } from "../credential.ts";
import type { OAuthContext, TokenAnswer } from "./context.ts";
import { placesOfCredential } from "./endpoint.ts";
import { providerText } from "./provider-text.ts";
import { readAnswer } from "./read-answer.ts";
import type { Reading } from "./read-answer.ts";
import { readKept } from "./read-tokens.ts";
import { send } from "./send.ts";

/** Asks for what the first token response did not say, where the connector has a `lookup`. */
export async function lookUp(context: OAuthContext, credential: Credential): Promise<TokenAnswer> {
  const { connector, method } = context;
  if (method.lookup === undefined) {
    return { kind: "tokens", credential };
  }
  const places = placesOfCredential(context, credential);
  const { keep, headers, url } = method.lookup;
  const answer = await send(
    context.egress,
    {
      url: resolveUrl(connector, url, places).href,
      method: "GET",
      headers: Object.entries({ accept: "application/json", ...headers }).map(
        ([name, template]) => [name, fill(template, places, (value) => value)] as const,
      ),
      body: null,
      redirect: "error",
      allow: resolveHosts(connector, places),
      secrets: [],
      signal: context.signal,
    },
    context.now ?? Date.now,
  );
  const reading: Reading =
    "problem" in answer
      ? { kind: "unavailable", says: answer.problem, mayHaveArrived: true }
      : readAnswer(answer, method.response);
  const kept = reading.kind === "data" ? readKept(keep, reading.data) : {};
  const missing = Object.keys(keep).filter((name) => !Object.hasOwn(kept, name));
  if (missing.length === 0) {
    return { kind: "tokens", credential: { ...credential, token: { ...credential.token, ...kept } } };
  }
  const why = reading.kind === "data" ? `The answer has no ${missing.join(", ")}.` : reading.says;
  return {
    kind: "unavailable",
    message: providerText(
      `The account was authorized, but what its connector needs to know of it could not be looked up: ${why}`,
      [
        ...Object.values(credential.tokens).flatMap((set) => [set.accessToken, set.refreshToken]),
        ...Object.values(credential.fields),
      ],
    ),
    retryAfterMs: null,
    mayHaveArrived: true,
  };
}
