import * as client from "openid-client";
import { TenonError } from "#runtime/errors.ts";
import type { TokenAnswer } from "./context.ts";
import { providerText } from "./provider-text.ts";

type Refused = Extract<TokenAnswer, { kind: "refused" }>;

/** A leg whose own refusals, such as a field that does not fit into an address, are answers too. */
export async function answered(leg: () => Promise<TokenAnswer>): Promise<TokenAnswer> {
  try {
    return await leg();
  } catch (error) {
    if (error instanceof TenonError) {
      return refusal(error, []);
    }
    throw error;
  }
}

/** What kept the question from being asked. */
export function refusal(error: unknown, secrets: readonly string[]): Refused {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at instanceof TenonError) {
      const code = at.code === "TENON_OAUTH_APP" ? "invalid_client" : "other";
      return { kind: "refused", code, message: providerText(at.message, secrets) };
    }
    if (at instanceof client.AuthorizationResponseError) {
      const says = [at.error, at.error_description].filter(Boolean).join(": ");
      return {
        kind: "refused",
        code: "other",
        message: providerText(`The provider did not authorize the connection: ${says}`, secrets),
      };
    }
  }
  return {
    kind: "refused",
    code: "other",
    message: "The answer of the provider does not belong to this authorization. Begin it again.",
  };
}
