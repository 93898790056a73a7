import { createMiddleware } from "hono/factory";
import type { Logger } from "#runtime/log.ts";
import { newId } from "#runtime/ids.ts";
import type { ApiEnv } from "../env.ts";

/** What a proxy in front may have named the request. */
const ACCEPTABLE = /^[A-Za-z0-9._:-]{1,128}$/;

/** Names every request, in the answer too, and logs it at `debug`. A name that a proxy gave is kept. */
export function requestId(log: Logger) {
  const debug = log.isLevelEnabled("debug");
  return createMiddleware<ApiEnv>(async (context, next) => {
    const given = context.req.header("x-request-id");
    const id = given !== undefined && ACCEPTABLE.test(given) ? given : newId();
    context.set("requestId", id);
    const started = debug ? performance.now() : 0;
    context.header("X-Request-Id", id);
    await next();
    if (debug) {
      const { method, path } = context.req;
      log.debug(
        { requestId: id, method, path, status: context.res.status, ms: performance.now() - started },
        "request",
      );
    }
  });
}
