import type { Context } from "hono";
import type { ConnectSession } from "#runtime/connections/connect-session.ts";
import type { ApiEnv } from "../env.ts";
import { STYLE_HASH } from "./style.ts";

/**
 * What a browser may do with a page of ours: our own script and style, forms to ourselves, frames only inside the
 * session's allowed origins. Referrers stay here: without one, browsers would not name our origin in form posts.
 */
export function frame(
  context: Context<ApiEnv>,
  session: Pick<ConnectSession, "allowedOrigins"> | null,
): void {
  const origins = session?.allowedOrigins ?? [];
  const ancestors = origins.length === 0 ? "'none'" : origins.join(" ");
  context.header(
    "Content-Security-Policy",
    `default-src 'none'; script-src 'self'; style-src 'sha256-${STYLE_HASH}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors ${ancestors}`,
  );
  context.header("Referrer-Policy", "same-origin");
  context.header("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
  if (origins.length > 0) {
    // It knows no list of origins; browsers that know frame-ancestors do not look at it.
    context.header("X-Frame-Options", undefined);
    context.header("Cross-Origin-Resource-Policy", "cross-origin");
  }
}
