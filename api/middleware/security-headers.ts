import { createMiddleware } from "hono/factory";
import type { ApiEnv } from "../env.ts";

/** For pages: nothing is loaded from anywhere, and nobody may frame them. Each page adds the hash of its style. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Headers that keep a browser from doing more with an answer than it should. There is no CORS: keys are for servers. */
export const securityHeaders = createMiddleware<ApiEnv>(async (context, next) => {
  await next();
  const { headers } = context.res;
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("X-Frame-Options", "DENY");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  if (!headers.has("Content-Security-Policy")) {
    headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
  }
  if (!headers.has("Cache-Control")) {
    headers.set("Cache-Control", "no-store");
  }
});
