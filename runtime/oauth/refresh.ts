import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { asOrganization } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { failedSince } from "./journal.ts";
import { releaseLease } from "./lease.ts";
import type { Lease } from "./lease.ts";
import { keepLease } from "./lease-keep.ts";
import { persist } from "./persist.ts";
import { applyAnswer, openAnswer, recordAnswer, revokeUnwanted } from "./refresh-apply.ts";
import { beginRefresh } from "./refresh-begin.ts";
import type { Begun } from "./refresh-begin.ts";
import { appOf, callProvider, LONGEST_CALL_MS } from "./refresh-call.ts";
import { isUsable, noteNoTokens } from "./refresh-fail.ts";
import type { NoTokens } from "./refresh-fail.ts";
import { nowOf } from "./refresh-parts.ts";
import type { RefreshParts, RefreshRequest, RefreshResult } from "./refresh-parts.ts";
import { settledAlready } from "./refresh-settled.ts";
import { loadSubject } from "./refresh-subject.ts";
import type { Subject } from "./refresh-subject.ts";

/** A waiter outlasts any call and any lease, so that it sees how the renewal ended, or takes it over. */
const WAIT_MS = LONGEST_CALL_MS + 30_000;
const POLL_MS = { first: 40, longest: 250 } as const;
/** A database that restarts is away for this long at the most, before a renewal that has not begun is given up. */
const BEGIN_MS = 20_000;
const END_MS = 60_000;
const PATIENCE =
  "The last renewal may have been made although its answer never came; it is repeated before the token ends.";

/** This process lacks the handler; nothing was begun. */
export interface Elsewhere {
  readonly status: "elsewhere";
}

/** Renews a connection's credential: at most one token call at a time, whoever asks and however often. */
export async function refreshConnection(
  parts: RefreshParts,
  request: RefreshRequest,
): Promise<RefreshResult> {
  const result = await refreshHere(parts, request);
  return result.status === "elsewhere"
    ? {
        status: "unavailable",
        message: "Credentials of this kind are renewed by a worker; none has done it.",
        usable: false,
      }
    : result;
}

/**
 * Read the credential; is there anything to do? Take the lease and journal the intent, or wait for whoever has it. Make
 * the call; journal its answer; make it the next version.
 */
export async function refreshHere(
  parts: RefreshParts,
  request: RefreshRequest,
): Promise<RefreshResult | Elsewhere> {
  const ask = new Renewal(parts, request);
  for (;;) {
    const subject = await ask.read();
    const settled = settledAlready(subject, ask.request, nowOf(parts));
    if (settled !== null) {
      await ask.letGo(settled.dueAt);
      return settled.result;
    }
    if (subject.method.type === "custom" && parts.authenticate === undefined) {
      return { status: "elsewhere" };
    }
    const result = await ask.advance(subject);
    if (result !== null) {
      return result;
    }
  }
}

/** One request for a renewal, from asking to the result. */
class Renewal {
  readonly #parts: RefreshParts;
  readonly #token: string;
  readonly #began = Date.now();
  #pause: number = POLL_MS.first;
  /** The request; the version that is to be replaced is filled in when it is first read. */
  request: RefreshRequest;

  constructor(parts: RefreshParts, request: RefreshRequest) {
    this.#parts = parts;
    this.request = request;
    this.#token = request.leaseToken ?? randomUUID();
  }

  /** Reads the connection; a database that restarts is waited for. */
  async read(): Promise<Subject> {
    const subject = await this.#persist("a look at a connection", BEGIN_MS, async () =>
      loadSubject(this.#parts, this.request),
    );
    this.request = { spent: subject.version, ...this.request };
    return subject;
  }

  /** Gives back a lease that was taken for this request, if there is one. */
  async letGo(dueAt?: Date): Promise<void> {
    if (this.request.leaseToken !== undefined || dueAt !== undefined) {
      const { organizationId, connectionId } = this.request;
      await this.#persist("the end of a lease", BEGIN_MS, async () =>
        asOrganization(this.#parts.database, organizationId, (sql) =>
          releaseLease(sql, { organizationId, connectionId, token: this.#token }, dueAt),
        ),
      );
    }
  }

  /** Null: read again. */
  async advance(subject: Subject): Promise<RefreshResult | null> {
    const { version, organizationId, connectionId } = subject;
    const lease: Lease = { organizationId, connectionId, version, token: this.#token };
    const intentId = newId();
    // Before the lease: opening an app takes a while, and the key that seals the answer is at hand afterwards.
    const app = await this.#persist("the opening of an OAuth app", BEGIN_MS, async () =>
      appOf(this.#parts, subject),
    );
    const begun = await this.#persist("the beginning of a renewal", BEGIN_MS, async () =>
      beginRefresh(this.#parts, subject, { lease, reason: this.request.reason, intentId }),
    );
    if (begun.kind === "held") {
      return this.#await(subject);
    }
    if (begun.kind === "later") {
      return this.#later(subject, begun);
    }
    if (begun.kind === "patience") {
      return this.#unavailable(subject, PATIENCE);
    }
    if (begun.kind === "answered") {
      return this.#apply(subject, lease, begun.entry);
    }
    this.#logRepeats(subject, begun.repeats);
    return this.#call(subject, { lease, intentId, app, startAt: begun.startAt });
  }

  #logRepeats({ connectionId, version }: Subject, repeats: number): void {
    if (repeats > 0) {
      this.#parts.log.warn(
        { connectionId, version, repeats },
        "a token call is repeated: the one before may have arrived, and its answer never came",
      );
    }
  }

  async #call(
    subject: Subject,
    call: {
      readonly lease: Lease;
      readonly intentId: string;
      readonly app: Awaited<ReturnType<typeof appOf>>;
      readonly startAt: number;
    },
  ): Promise<RefreshResult> {
    const { lease, intentId: entryId, app } = call;
    const answer = await keepLease(this.#parts, lease, async () =>
      callProvider(this.#parts, subject, app, {
        startAt: call.startAt,
        keep: async (credential) => recordAnswer(this.#parts, subject, { entryId, credential }),
      }),
    );
    if (answer.kind !== "tokens") {
      return this.#fail(subject, lease, { entryId, answer });
    }
    const { credential } = answer;
    if (!(await recordAnswer(this.#parts, subject, { entryId, credential }))) {
      return revokeUnwanted(this.#parts, subject, app, credential);
    }
    return applyAnswer(this.#parts, subject, { lease, entryId, credential });
  }

  async #apply(
    subject: Subject,
    lease: Lease,
    entry: Extract<Begun, { kind: "answered" }>["entry"],
  ): Promise<RefreshResult> {
    const credential = await openAnswer(this.#parts, subject, entry);
    return applyAnswer(this.#parts, subject, { lease, entryId: entry.id, credential });
  }

  async #fail(
    subject: Subject,
    lease: Lease,
    failed: { readonly entryId: string; readonly answer: NoTokens },
  ): Promise<RefreshResult> {
    const { answer } = failed;
    const noted = await this.#persist("a failed renewal", END_MS, async () =>
      noteNoTokens(this.#parts, subject, { lease, ...failed }),
    );
    this.#parts.log.info(
      { connectionId: subject.connectionId, connector: subject.connector.slug, reason: answer.message },
      "a token call brought no tokens",
    );
    if (noted.kind === "answered") {
      return this.#apply(subject, lease, noted.entry);
    }
    if (noted.kind === "superseded") {
      const current = await this.read();
      return current.version > subject.version
        ? { status: "fresh", version: current.version }
        : this.#unavailable(current, answer.message);
    }
    return { status: statusOf(answer), message: answer.message, usable: noted.usable };
  }

  /** Another one renews it: its result is ours. */
  async #await(subject: Subject): Promise<RefreshResult | null> {
    if (this.request.reason === "due") {
      return { status: "fresh", version: subject.version };
    }
    const waitedMs = Date.now() - this.#began;
    if (waitedMs > WAIT_MS) {
      return this.#unavailable(subject, "Another renewal did not end in time.");
    }
    const failed = await this.#persist("a look at the journal", BEGIN_MS, async () =>
      asOrganization(this.#parts.database, subject.organizationId, (sql) =>
        failedSince(sql, { ...subject, waitedMs }),
      ),
    );
    if (failed) {
      return this.#shareFailure();
    }
    await delay(this.#pause);
    this.#pause = Math.min(2 * this.#pause, POLL_MS.longest);
    return null;
  }

  async #shareFailure(): Promise<RefreshResult> {
    const subject = await this.read();
    const { spent = 0 } = this.request;
    if (subject.version > spent) {
      return { status: "fresh", version: subject.version };
    }
    const usable = isUsable(subject, nowOf(this.#parts));
    if (subject.status === "reauthorize" || subject.status === "app_misconfigured") {
      return { status: subject.status, message: subject.problem?.message ?? "It was refused.", usable };
    }
    return this.#unavailable(subject, subject.problem?.message ?? "The provider did not answer.");
  }

  /** Runs wait for their turn; the background looks again later. Nobody waits for a provider that is down. */
  async #later(subject: Subject, begun: Extract<Begun, { kind: "later" }>): Promise<RefreshResult | null> {
    const { connector } = subject;
    if (begun.cause === "invalid_client") {
      const message = `The provider does not accept the OAuth app of the connector "${connector.slug}"; correct the app.`;
      return { status: "app_misconfigured", message, usable: isUsable(subject, nowOf(this.#parts)) };
    }
    if (begun.cause !== null) {
      return this.#unavailable(
        subject,
        `The provider of the connector "${connector.slug}" is down; it is asked again from time to time.`,
      );
    }
    const waitMs = Math.max(POLL_MS.first, begun.at - nowOf(this.#parts));
    if (this.request.reason === "due" || Date.now() - this.#began + waitMs > WAIT_MS) {
      return this.#unavailable(
        subject,
        `The quota of token requests for the connector "${connector.slug}" is used up for now.`,
      );
    }
    await delay(waitMs);
    return null;
  }

  #unavailable(subject: Subject, message: string): RefreshResult {
    return { status: "unavailable", message, usable: isUsable(subject, nowOf(this.#parts)) };
  }

  async #persist<T>(what: string, forMs: number, write: () => Promise<T>): Promise<T> {
    return persist({ what, forMs, log: this.#parts.log }, write);
  }
}

function statusOf(answer: NoTokens): "unavailable" | "reauthorize" | "app_misconfigured" {
  if (answer.kind === "unavailable" || answer.code === "other") {
    return "unavailable";
  }
  return answer.code === "invalid_grant" ? "reauthorize" : "app_misconfigured";
}
