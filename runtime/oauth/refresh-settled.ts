import { expiresAt } from "./credential.ts";
import { allowedAt, canRenew } from "./due.ts";
import { isUsable } from "./refresh-fail.ts";
import type { RefreshRequest, RefreshResult } from "./refresh-parts.ts";
import type { Subject } from "./refresh-subject.ts";

/** A token this young was not refused for its age: asking for another one would bring the same. */
const JUST_RENEWED_MS = 10_000;

const REFUSED_YOUNG =
  "The provider refuses a token that it issued seconds ago, so another one was not asked for: it would be refused too. Look whether the account may do this and whether it was cut off at the provider; then try again in ten seconds, or reconnect it.";

/** The result of a request that needs no call, and when the background looks at the connection next. */
interface Settled {
  readonly result: RefreshResult;
  readonly dueAt?: Date;
}

/** Guards of a renewal, before anything is taken or written. Null: it goes on. */
export function settledAlready(subject: Subject, request: RefreshRequest, now: number): Settled | null {
  const { version, status, method, credential } = subject;
  const usable = isUsable(subject, now);
  const fresh: Settled = { result: { status: "fresh", version } };
  if (request.spent !== undefined && version > request.spent) {
    return fresh;
  }
  if (status === "disconnected") {
    return refused("It was disconnected. The account has to be connected again.", false);
  }
  if (status === "reauthorize" && request.reason !== "asked") {
    return refused(subject.problem?.message ?? "The account has to be connected again.", usable);
  }
  if (method.type !== "oauth2" && method.type !== "custom") {
    return fresh;
  }
  if (request.reason === "due" && (subject.dueAt === null || subject.dueAt.getTime() > now)) {
    return fresh;
  }
  if (request.reason === "expired" && isNewborn(subject, now)) {
    return { result: { status: "fresh", version, note: REFUSED_YOUNG } };
  }
  if (!canRenew(method, credential) && expiresAt(credential) !== null && usable) {
    return refused("It cannot be renewed. The account has to be connected again when its token ends.", true);
  }
  return tooEarly(subject, now);
}

function isNewborn({ refreshedAt, credential }: Subject, now: number): boolean {
  const end = expiresAt(credential);
  if (refreshedAt === null || (end !== null && end <= now)) {
    return false;
  }
  const age = now - refreshedAt.getTime();
  const lifetime = end === null ? Infinity : end - refreshedAt.getTime();
  return age < Math.min(JUST_RENEWED_MS, lifetime / 4);
}

/** Some providers refuse a renewal until shortly before the end: nothing is asked until then. */
function tooEarly(subject: Subject, now: number): Settled | null {
  const allowed = allowedAt(subject.method, subject.credential);
  if (allowed === null || allowed <= now) {
    return null;
  }
  const message = `The provider renews this credential from ${new Date(allowed).toISOString()} on.`;
  return { result: { status: "unavailable", message, usable: true }, dueAt: new Date(allowed) };
}

function refused(message: string, usable: boolean): Settled {
  return { result: { status: "reauthorize", message, usable } };
}
