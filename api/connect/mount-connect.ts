import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { html } from "hono/html";
import { z } from "zod";
import { chooseOffer, readOffer } from "#runtime/connections/connect-offer.ts";
import { findConnectSession, openConnectSession } from "#runtime/connections/connect-session.ts";
import type { ConnectSession } from "#runtime/connections/connect-session.ts";
import { requireMethod } from "#runtime/connections/method.ts";
import type { ApiEnv } from "../env.ts";
import { isId } from "../fields.ts";
import { readJson } from "../middleware/body.ts";
import { invalid, parse } from "../middleware/parse.ts";
import type { ApiParts } from "../parts.ts";
import type { Html } from "../reference/prose.ts";
import { beginInBrowser } from "./begin.ts";
import { connectorView } from "./connector-view.ts";
import { frame } from "./frame.ts";
import { asPage } from "./as-page.ts";
import { latestOutcome } from "./outcome.ts";
import { offerView } from "./offer-view.ts";
import { pasteConnection } from "./paste.ts";
import { basePath, FORM_LIMIT, requireOwnOrigin, sessionIdOf, sessionOf } from "./request.ts";
import { pageScript } from "./script.ts";
import { shell } from "./shell.ts";

const openBody = z.strictObject({ token: z.string().max(200) });

/** Puts the connect page on the app: the only pages of Tenon that people without an account see. */
export function mountConnect(app: OpenAPIHono<ApiEnv>, parts: ApiParts): void {
  app.get("/connect/assets/page.js", async (context) =>
    context.body(await pageScript(), 200, {
      "Content-Type": "text/javascript; charset=utf-8",
      "Cache-Control": "public, max-age=300",
    }),
  );
  app.get("/connect/:session", async (context) => {
    const id = context.req.param("session");
    const session = isId(id) ? await findConnectSession(parts.database, id) : null;
    frame(context, session);
    return context.html(shell(basePath(parts), session), session === null ? 404 : 200);
  });
  app.post("/connect/:session/open", async (context) => {
    requireOwnOrigin(parts, context);
    const { token } = parse(openBody, (await readJson(context, FORM_LIMIT, [])).value);
    return context.json(await openConnectSession(parts.database, { sessionId: sessionIdOf(context), token }));
  });
  app.get("/connect/:session/view", async (context) => {
    const session = await sessionOf(parts, context);
    return context.html(html`${await view(parts, context, session)}`);
  });
  app.get("/connect/:session/outcome", async (context) => {
    const session = await sessionOf(parts, context);
    return context.json(await latestOutcome(parts.database, session));
  });
  app.post("/connect/:session/connections", pasteConnection(parts));
  app.post("/connect/:session/authorize", asPage(parts, beginInBrowser(parts)));
}

/** A part of the page: the list, or one connector. A session with one thing to do begins with it. */
async function view(parts: ApiParts, context: Context<ApiEnv>, session: ConnectSession): Promise<Html> {
  const asked = context.req.query();
  const only = asked["view"] === "start" ? await onlyChoice(parts, session) : null;
  const chosen = only ?? { connector: asked["connector"], connection: asked["connection"] ?? null };
  if (chosen.connector === undefined) {
    return offerView(session, await readOffer(parts, session));
  }
  if (chosen.connection !== null && !isId(chosen.connection)) {
    throw invalid([{ path: "connection", message: "must be the id of a connection" }]);
  }
  const { connector, methods, present } = await chooseOffer(parts, session, {
    connector: chosen.connector,
    connection: chosen.connection,
  });
  const wanted = requireMethod(connector, asked["method"] ?? present?.method);
  const method = methods.find(({ id }) => id === wanted.id) ?? methods[0];
  if (method === undefined) {
    return offerView(session, await readOffer(parts, session));
  }
  return connectorView({
    base: `${basePath(parts)}/connect/${session.id}`,
    connector,
    methods,
    method,
    present,
  });
}

async function onlyChoice(
  parts: ApiParts,
  session: ConnectSession,
): Promise<{ readonly connector: string; readonly connection: string | null } | null> {
  const [first] = session.connectors;
  if (first === undefined || session.connectors.length > 1) {
    return null;
  }
  const [offer] = await readOffer(parts, session);
  return session.connectionId === null && (offer?.connections.length ?? 0) > 0
    ? null
    : { connector: first, connection: session.connectionId };
}
