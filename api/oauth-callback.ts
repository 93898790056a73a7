import type { Context } from "hono";
import { deleteCookie, getCookie } from "hono/cookie";
import { finishAuthorization } from "#runtime/connections/authorize-finish.ts";
import type { AuthorizationOutcome } from "#runtime/connections/authorize-finish.ts";
import { withOutcome } from "#runtime/connections/return-url.ts";
import { InvalidError } from "#runtime/errors.ts";
import { asPage } from "./connect/as-page.ts";
import { binderCookie } from "./connect/begin.ts";
import { messagePage } from "./connect/document.ts";
import { frame } from "./connect/frame.ts";
import { queryOf } from "./connect/outcome.ts";
import { basePath, placeOf } from "./connect/request.ts";
import type { ApiEnv } from "./env.ts";
import type { ApiParts } from "./parts.ts";
import type { Html } from "./reference/prose.ts";

/**
 * GET /oauth/callback/{connector}: the provider sends the browser back. It goes on to where it came from: the connect
 * page, the return URL, or a small page that says how it went.
 */
export function oauthCallback(parts: ApiParts) {
  return asPage(parts, async (context) => {
    const connector = context.req.param("connector");
    if (connector === undefined) {
      throw new InvalidError(
        "The redirect URI of an OAuth app ends with the connector: register /oauth/callback/{connector} at the provider.",
        { code: "TENON_REDIRECT_URI" },
      );
    }
    const callback = new URL(context.req.url).searchParams;
    const cookie = takeBinder(parts, context, callback.get("state") ?? "");
    const outcome = await finishAuthorization(parts, connector, callback, {
      binder: cookie.binder,
      from: placeOf(context),
    });
    const { connectSessionId, returnUrl } = outcome;
    if (connectSessionId !== null && cookie.display !== "window") {
      return context.redirect(`${basePath(parts)}/connect/${connectSessionId}#return`, 303);
    }
    if (returnUrl !== null) {
      return context.redirect(withOutcome(returnUrl, queryOf(outcome.result)), 303);
    }
    frame(context, null);
    return context.html(page(parts, outcome), outcome.result.ok ? 200 : 400);
  });
}

/** What the browser was given when it began; it is of no use any more. */
function takeBinder(
  parts: ApiParts,
  context: Context<ApiEnv>,
  state: string,
): { readonly binder: string | null; readonly display: string } {
  const name = binderCookie(state);
  const cookie = getCookie(context, name);
  if (cookie === undefined) {
    return { binder: null, display: "same" };
  }
  deleteCookie(context, name, { path: `${basePath(parts)}/oauth/callback` });
  const [binder = "", display = "same"] = cookie.split(".");
  return { binder, display };
}

/** In a window that the connect page opened, it closes itself: the page has asked how it went by then. */
function page(parts: ApiParts, { result, connectSessionId }: AuthorizationOutcome): Html {
  const closing =
    connectSessionId === null
      ? {}
      : {
          data: { "data-close": "true" } as const,
          script: `${basePath(parts)}/connect/assets/page.js`,
        };
  return result.ok
    ? messagePage({
        title: `${result.connection.name} is connected`,
        text: "You can close this window.",
        good: true,
        ...closing,
      })
    : messagePage({
        title: "It was not connected",
        text: result.message,
        good: false,
        code: result.code,
      });
}
