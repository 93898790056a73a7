import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import type { RequestPlace } from "#runtime/connections/audit.ts";
import { sessionOfPage } from "#runtime/connections/connect-session.ts";
import type { ConnectSession } from "#runtime/connections/connect-session.ts";
import { ForbiddenError, NotFoundError, TooLargeError, UnauthorizedError } from "#runtime/errors.ts";
import type { ApiEnv } from "../env.ts";
import { isId } from "../fields.ts";
import { textIssue } from "../middleware/body.ts";
import { invalid } from "../middleware/parse.ts";
import type { ApiParts } from "../parts.ts";

/** More than any form of ours: fields have at most 64 KiB. */
export const FORM_LIMIT = 524_288;

/** The session that a path names; something that is no id is a session that does not exist. */
export function sessionIdOf(context: Context<ApiEnv>): string {
  const id = context.req.param("session") ?? "";
  if (!isId(id)) {
    throw new NotFoundError("connect session", id.slice(0, 100));
  }
  return id;
}

/**
 * Refuses what another site sends: whoever writes must be a page of ours. No cookie says who asks, so that there is
 * nothing to ride on; this keeps others from making people's browsers begin something.
 */
export function requireOwnOrigin(parts: ApiParts, context: Context<ApiEnv>): void {
  if (context.req.header("origin") !== new URL(parts.publicUrl()).origin) {
    throw new ForbiddenError(
      "This request did not come from the connect page; open the page and begin there.",
      "TENON_CONNECT_ORIGIN",
    );
  }
}

/** The session of the page that asks, by the credential in `Authorization: Bearer`. */
export async function sessionOf(parts: ApiParts, context: Context<ApiEnv>): Promise<ConnectSession> {
  const page = /^Bearer (tncp_[A-Za-z0-9_-]{43})$/.exec(context.req.header("authorization") ?? "")?.[1];
  return sessionByPage(parts, context, page);
}

/** The same, by the field `page` of a form. */
export async function sessionByPage(
  parts: ApiParts,
  context: Context<ApiEnv>,
  page: string | undefined,
): Promise<ConnectSession> {
  if (page === undefined) {
    throw new UnauthorizedError(
      "Open the connect page from where you came; it was not opened here.",
      "TENON_CONNECT_SESSION_ENDED",
    );
  }
  return sessionOfPage(parts.database, { sessionId: sessionIdOf(context), page });
}

/** A posted form, as URL-encoded text of a bounded length. */
export async function readForm(context: Context<ApiEnv>): Promise<URLSearchParams> {
  const length = Number(context.req.header("content-length") ?? Number.NaN);
  const type = context.req.header("content-type") ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded")) {
    throw invalid([{ path: "", message: "must be a form" }]);
  }
  if (!(length <= FORM_LIMIT)) {
    throw new TooLargeError(`A form has at most ${String(FORM_LIMIT)} bytes, and says how many.`);
  }
  const form = new URLSearchParams(await context.req.text());
  for (const [name, value] of form) {
    const issue = textIssue(name.slice(0, 100), value);
    if (issue !== null) {
      throw invalid([issue]);
    }
  }
  return form;
}

/** Where a request came from, for the audit trail. */
export function placeOf(context: Context<ApiEnv>): RequestPlace {
  return {
    address: context.env.incoming === undefined ? null : (getConnInfo(context).remote.address ?? null),
    requestId: context.get("requestId"),
  };
}

/** The path that this installation lives below: "" almost always. */
export function basePath(parts: ApiParts): string {
  return new URL(parts.publicUrl()).pathname.replace(/\/+$/, "");
}
