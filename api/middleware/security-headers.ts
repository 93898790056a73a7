import { createMiddleware } from "hono/factory";
import type { ApiEnv } from "../env.ts";

/**
 * Headers that keep a browser from doing more with an answer than it should. There is no CORS: keys are for
 * servers. A page that needs another policy sets its own.
 */
const HEADERS = Object.entries({
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
});

/** Sets them before the answer is made: changing a finished one would cost the server its fast path. */
export const securityHeaders = createMiddleware<ApiEnv>(async (context, next) => {
  for (const [name, value] of HEADERS) {
    context.header(name, value);
  }
  await next();
});
