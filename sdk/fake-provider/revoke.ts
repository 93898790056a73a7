import type { TokenRequest } from "../connector/oauth.ts";
import { authenticateClient } from "./authenticate-client.ts";
import type { FakeRequest } from "./behavior.ts";
import type { Desk } from "./desk.ts";
import { oauthOf } from "./desk.ts";
import { Refusal, requireThat } from "./refusal.ts";
import { jsonAnswer } from "./reply.ts";
import type { Answer } from "./reply.ts";
import { refusalAnswer } from "./token-answer.ts";
import { readParameters, requireOmitted } from "./token-request.ts";

/** RFC 7009 §2.1 and RFC 7662 §2.1: a form, whatever token requests look like, unless the definition says otherwise. */
const STANDARD: TokenRequest = { method: "POST", body: "form", headers: {}, params: {}, omit: [] };

/** RFC 7009: whatever token of a grant is revoked, all of the grant ends. Unknown ones are fine (§2.2). */
export function revoke(desk: Desk, request: FakeRequest): Answer {
  const oauth = oauthOf(desk);
  try {
    const form = oauth.revokeRequest ?? STANDARD;
    const parameters = readParameters(desk, form, request);
    requireOmitted(form, parameters);
    authenticateClient(desk, oauth, request, parameters);
    const token = desk.ledger.find(parameters["token"] ?? "");
    requireThat(parameters["token"] !== undefined, "token must be there.");
    const isRefreshToken = token !== null && "spentAt" in token;
    const isWanted = oauth.revoke === undefined || isRefreshToken === (oauth.revoke === "refresh_token");
    requireThat(
      token === null || isWanted,
      `It must be the ${oauth.revoke ?? ""}.`,
      "unsupported_token_type",
    );
    if (token !== null) {
      token.grant.revoked = true;
    }
    return { status: 200, headers: {}, body: "", complaint: null, isGood: true };
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    return refusalAnswer(desk, oauth, error);
  }
}

/** RFC 7662. */
export function introspect(desk: Desk, request: FakeRequest): Answer {
  const oauth = oauthOf(desk);
  try {
    const parameters = readParameters(desk, STANDARD, request);
    authenticateClient(desk, oauth, request, parameters);
    const token = desk.ledger.liveAccess(parameters["token"] ?? "");
    if (token === null) {
      return jsonAnswer(200, { active: false });
    }
    const exp = token.endsAt === null ? {} : { exp: Math.floor(token.endsAt / 1_000) };
    return jsonAnswer(200, {
      active: true,
      scope: token.grant.scopes.join(" "),
      token_type: "Bearer",
      ...exp,
    });
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    return refusalAnswer(desk, oauth, error);
  }
}
