import type { Context } from "hono";
import { html } from "hono/html";
import { z } from "zod";
import { chooseOffer, ownerOf } from "#runtime/connections/connect-offer.ts";
import type { OfferedConnection } from "#runtime/connections/connect-offer.ts";
import type { ConnectSession } from "#runtime/connections/connect-session.ts";
import { createConnection } from "#runtime/connections/create.ts";
import { needsConsent, requireMethod } from "#runtime/connections/method.ts";
import { makeCredential } from "#runtime/connections/paste.ts";
import { reconnectConnection } from "#runtime/connections/reconnect.ts";
import { withOutcome } from "#runtime/connections/return-url.ts";
import { wasRefused } from "#runtime/connections/verification.ts";
import { InvalidError, TenonError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import { fieldsOf } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { ApiEnv } from "../env.ts";
import { readJson } from "../middleware/body.ts";
import { invalid, parse } from "../middleware/parse.ts";
import { createRateLimiter } from "../middleware/rate-limit.ts";
import type { ApiParts } from "../parts.ts";
import { textForPeople } from "./as-page.ts";
import { connectorView } from "./connector-view.ts";
import { basePath, FORM_LIMIT, placeOf, requireOwnOrigin, sessionOf } from "./request.ts";

const DEADLINE_MS = 60_000;
/** Of one session: each try asks the provider, and more than this no person types. */
const TRIES_PER_MINUTE = 120;

const body = z.strictObject({
  connector: z.string().max(100),
  method: z.string().max(100),
  connection: z.uuid().nullable().default(null),
  fields: z.record(z.string().max(100), z.string().max(65_536)),
});

interface Pasted {
  readonly connector: Connector;
  readonly methods: readonly AuthMethod[];
  readonly method: AuthMethod;
  readonly present: OfferedConnection | null;
  readonly given: Readonly<Record<string, string>>;
}

/** POST /connect/{session}/connections: makes a connection of what was typed, or makes one new. */
export function pasteConnection(parts: ApiParts) {
  const count = createRateLimiter(TRIES_PER_MINUTE, "This page");
  return async (context: Context<ApiEnv>): Promise<Response> => {
    requireOwnOrigin(parts, context);
    const session = await sessionOf(parts, context);
    count(session.id);
    const given = parse(body, (await readJson(context, FORM_LIMIT, [])).value);
    const { connector, methods, present } = await chooseOffer(parts, session, given);
    const method = requireMethod(connector, given.method);
    if (needsConsent(method)) {
      throw invalid([{ path: "method", message: "needs the provider's own page" }]);
    }
    const pasted: Pasted = { connector, methods, method, present, given: given.fields };
    try {
      const connection = await connect(parts, context, session, pasted);
      const redirect = redirectOf(session, { connection_id: connection.id, status: "connected" });
      const result = { ok: true, connection };
      return context.json({ attempt: null, result, connector: connector.slug, redirect });
    } catch (error) {
      if (error instanceof TenonError && error.fault !== "operator") {
        return context.html(again(`${basePath(parts)}/connect/${session.id}`, pasted, error), 422);
      }
      throw error;
    }
  };
}

/** Where the person goes with an outcome; null: the session has no such place. */
export function redirectOf(
  { redirectUrl }: ConnectSession,
  outcome: Readonly<Record<string, string>>,
): string | null {
  return redirectUrl === null ? null : withOutcome(redirectUrl, outcome);
}

async function connect(
  parts: ApiParts,
  context: Context<ApiEnv>,
  session: ConnectSession,
  { connector, method, present, given }: Pasted,
): Promise<{ readonly id: string; readonly name: string }> {
  const { organizationId, environmentId } = session;
  const made = await makeCredential(parts, {
    organizationId,
    environmentId,
    connector,
    method,
    given,
    verify: false,
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const { verification } = made;
  if (verification !== null && wasRefused(verification)) {
    const reason = verification.reason === null ? "" : `: ${verification.reason.replace(/[.\s]+$/, "")}`;
    throw new InvalidError(`${connector.name} does not accept this${reason}. Check what you typed.`, {
      code: "TENON_VERIFICATION_FAILED",
    });
  }
  const credential = {
    ...made,
    organizationId,
    method: method.id,
    account: verification?.account ?? null,
    actor: { type: "connect_session", id: session.id, from: placeOf(context) },
  } as const;
  if (present !== null) {
    await reconnectConnection(parts, { ...credential, connectionId: present.id });
    return { id: present.id, name: present.name };
  }
  const id = newId();
  const { name } = connector;
  const { metadata } = session;
  await createConnection(parts, {
    ...credential,
    id,
    environmentId,
    connector: connector.slug,
    name,
    owner: ownerOf(session),
    metadata,
  });
  return { id, name };
}

/** The form with what is wrong; secrets have to be typed again. */
function again(base: string, { connector, methods, method, present, given }: Pasted, error: TenonError) {
  const known = fieldsOf(connector, method);
  const typed = Object.fromEntries(Object.entries(given).filter(([name]) => known[name]?.secret === false));
  const view = connectorView({
    base,
    connector,
    methods,
    method,
    present,
    typed,
    issues: error.issues,
    ...(error.issues.length > 0 ? {} : { problem: textForPeople(error) }),
  });
  return html`${view}`;
}
