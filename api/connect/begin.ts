import { createHash, randomBytes } from "node:crypto";
import type { Context } from "hono";
import { setCookie } from "hono/cookie";
import { html } from "hono/html";
import { startAuthorization } from "#runtime/connections/authorize-start.ts";
import { STATE_MS } from "#runtime/connections/authorization-state.ts";
import { chooseOffer, ownerOf } from "#runtime/connections/connect-offer.ts";
import type { ApiEnv } from "../env.ts";
import { isId } from "../fields.ts";
import { invalid } from "../middleware/parse.ts";
import type { ApiParts } from "../parts.ts";
import { documentOf } from "./document.ts";
import { frame } from "./frame.ts";
import { basePath, placeOf, readForm, requireOwnOrigin, sessionByPage } from "./request.ts";

/** Where the person is when the provider sends them back: in the page itself, or in a window that it opened. */
export type Display = "same" | "window";

/** The cookie of one authorization: several can be under way in one browser. */
export function binderCookie(state: string): string {
  return `tenon_connect_${createHash("sha256").update(state).digest("hex").slice(0, 16)}`;
}

/**
 * POST /connect/{session}/authorize: sends the browser on to the provider. It is a navigation, because only so the
 * browser takes a cookie, which the callback must bring back: an answer in another browser is refused.
 */
export function beginInBrowser(parts: ApiParts) {
  return async (context: Context<ApiEnv>): Promise<Response> => {
    requireOwnOrigin(parts, context);
    const form = await readForm(context);
    const session = await sessionByPage(parts, context, form.get("page") ?? undefined);
    const connection = form.get("connection");
    if (connection !== null && !isId(connection)) {
      throw invalid([{ path: "connection", message: "must be the id of a connection" }]);
    }
    const { connector, present } = await chooseOffer(parts, session, {
      connector: form.get("connector") ?? "",
      connection,
    });
    const binder = randomBytes(32).toString("base64url");
    const { authorizeUrl, state } = await startAuthorization(
      { ...parts, publicUrl: parts.publicUrl() },
      {
        organizationId: session.organizationId,
        environmentId: session.environmentId,
        connector: connector.slug,
        method: form.get("method") ?? "",
        name: present?.name ?? connector.name,
        owner: ownerOf(session),
        fields: fieldsOfForm(form),
        metadata: session.metadata,
        reconnect: present?.id ?? null,
        connectSessionId: session.id,
        returnUrl: null,
        actor: { type: "connect_session", id: session.id, from: placeOf(context) },
      },
      binder,
    );
    const display: Display = form.get("display") === "window" ? "window" : "same";
    setCookie(context, binderCookie(state), `${binder}.${display}`, {
      path: `${basePath(parts)}/oauth/callback`,
      httpOnly: true,
      sameSite: "Lax",
      secure: parts.publicUrl().startsWith("https:"),
      maxAge: STATE_MS / 1_000,
    });
    frame(context, null);
    return context.html(onward(connector.name, authorizeUrl));
  };
}

function fieldsOfForm(form: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...form].flatMap(([name, value]) => (name.startsWith("f.") ? [[name.slice(2), value]] : [])),
  );
}

/** Not a redirect: browsers hold what follows a form post against `form-action`, which names only us. */
function onward(name: string, url: string) {
  return documentOf({
    title: `Going on to ${name}`,
    head: html`<meta http-equiv="refresh" content="0;url=${url}" />`,
    body: html`<div class="card">
      <h1>Going on to ${name}…</h1>
      <p><a href="${url}" rel="noreferrer">Go on, if nothing happens</a></p>
    </div>`,
  });
}
