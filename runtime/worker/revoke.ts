import { findDueRevocations } from "#runtime/connections/claim-revocation.ts";
import type { DueRevocation } from "#runtime/connections/claim-revocation.ts";
import { revokeScheduled } from "#runtime/connections/revoke-scheduled.ts";
import type { RevocationParts } from "#runtime/connections/revoke-scheduled.ts";

const TICK_MS = 1_000;
/** Revocations that one worker makes at the same time, and those of them that may be one organization's. */
const AT_ONCE = 16;
const AT_ONCE_PER_ORGANIZATION = 8;

/** Ends left tokens at their providers until it is stopped. Slow providers of one organization leave room for others. */
export function startRevocations(parts: RevocationParts, tickMs = TICK_MS): { stop(): Promise<void> } {
  const revoker = new Revoker(parts);
  const ticking = setInterval(() => {
    revoker.look();
  }, tickMs);
  return {
    stop: async () => {
      clearInterval(ticking);
      await revoker.stop();
    },
  };
}

class Revoker {
  readonly #parts: RevocationParts;
  /** What is under way, by id. */
  readonly #underWay = new Map<string, DueRevocation & { readonly work: Promise<void> }>();
  readonly #stopping = new AbortController();
  #looking: Promise<void> | null = null;

  constructor(parts: RevocationParts) {
    this.#parts = { ...parts, stopping: this.#stopping.signal };
  }

  look(): void {
    if (!this.#stopping.signal.aborted) {
      this.#looking ??= this.#fill()
        .catch((error: unknown) => {
          this.#parts.log.warn({ err: error }, "tokens to revoke could not be looked up; it is tried again");
        })
        .finally(() => {
          this.#looking = null;
        });
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking;
    await Promise.all([...this.#underWay.values()].map(async ({ work }) => work));
  }

  async #fill(): Promise<void> {
    const room = AT_ONCE - this.#underWay.size;
    if (room <= 0) {
      return;
    }
    const due = await findDueRevocations(this.#parts.database, {
      limit: AT_ONCE,
      exceptOrganizations: this.#fullOrganizations(),
    });
    for (const one of due) {
      if (this.#hasRoom(one)) {
        this.#underWay.set(one.id, { ...one, work: this.#revoke(one) });
      }
    }
  }

  #hasRoom({ id, organizationId }: DueRevocation): boolean {
    return (
      !this.#stopping.signal.aborted &&
      this.#underWay.size < AT_ONCE &&
      !this.#underWay.has(id) &&
      this.#countOf(organizationId) < AT_ONCE_PER_ORGANIZATION
    );
  }

  #countOf(organizationId: string): number {
    return [...this.#underWay.values()].filter((one) => one.organizationId === organizationId).length;
  }

  #fullOrganizations(): readonly string[] {
    const organizations = new Set([...this.#underWay.values()].map(({ organizationId }) => organizationId));
    return [...organizations].filter((id) => this.#countOf(id) >= AT_ONCE_PER_ORGANIZATION);
  }

  async #revoke(due: DueRevocation): Promise<void> {
    try {
      const became = await revokeScheduled(this.#parts, due);
      this.#underWay.delete(due.id);
      if (became === "revoked") {
        // Many may have been left at once: a tick for each handful would take long.
        this.look();
      }
    } catch (error) {
      this.#underWay.delete(due.id);
      this.#parts.log.warn({ err: error, revocation: due.id }, "a revocation broke off; it is tried again");
    }
  }
}
