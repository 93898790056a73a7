import { findDueDeliveries } from "#runtime/webhooks/claim.ts";
import type { DueDelivery } from "#runtime/webhooks/claim.ts";
import { deliver } from "#runtime/webhooks/deliver.ts";
import type { DeliveryParts } from "#runtime/webhooks/deliver.ts";
import { forgetEvents } from "#runtime/webhooks/forget.ts";

const TICK_MS = 500;
const FORGET_MS = 600_000;
/** Deliveries that one worker makes at the same time, and those of them that may be one organization's, or endpoint's. */
const AT_ONCE = 32;
const AT_ONCE_PER_ORGANIZATION = 16;
const AT_ONCE_PER_ENDPOINT = 4;

/** What the sender works with; the clock can be a test's. */
export type DeliveriesParts = Omit<DeliveryParts, "now"> & { readonly now?: () => Date };

/**
 * Sends what is due until it is stopped. An endpoint that is slow holds up nobody but itself: while all of its places
 * are taken, its deliveries are not even looked at. Nor does an organization of many slow endpoints hold up the others.
 */
export function startDeliveries(parts: DeliveriesParts, tickMs = TICK_MS): { stop(): Promise<void> } {
  const sender = createSender({ ...parts, now: parts.now ?? (() => new Date()) });
  const ticking = setInterval(() => {
    sender.look();
  }, tickMs);
  const forgetting = setInterval(() => {
    forgetEvents(parts.database).catch((error: unknown) => {
      parts.log.warn({ err: error }, "old events were not forgotten; it is tried again");
    });
  }, FORGET_MS);
  return {
    stop: async () => {
      clearInterval(ticking);
      clearInterval(forgetting);
      await sender.stop();
    },
  };
}

function createSender(parts: DeliveryParts): { look(): void; stop(): Promise<void> } {
  const underWay = new Map<string, Taken & { readonly work: Promise<void> }>();
  let looking: Promise<void> | null = null;
  let stopped = false;

  const send = async (due: DueDelivery): Promise<void> => {
    try {
      const status = await deliver(parts, due);
      underWay.delete(due.id);
      parts.log.debug({ delivery: due.id, status }, "webhook delivery");
      look();
    } catch (error) {
      // No new look at once: what fails here fails again, and a tick is soon enough.
      underWay.delete(due.id);
      parts.log.warn({ err: error, delivery: due.id }, "a webhook delivery broke off; it is tried again");
    }
  };

  const fill = async (): Promise<void> => {
    for (let started = 1; started > 0 && underWay.size < AT_ONCE;) {
      const due = await findDueDeliveries(parts.database, {
        now: parts.now(),
        limit: AT_ONCE,
        exceptEndpoints: full(count(underWay.values(), "endpointId"), AT_ONCE_PER_ENDPOINT),
        exceptOrganizations: full(count(underWay.values(), "organizationId"), AT_ONCE_PER_ORGANIZATION),
      });
      const fresh = due.filter(({ id }) => !underWay.has(id));
      const next = withinPlaces(fresh, underWay.values()).slice(0, AT_ONCE - underWay.size);
      next.forEach((one) => underWay.set(one.id, { ...one, work: send(one) }));
      started = stopped ? 0 : next.length;
    }
  };

  const look = (): void => {
    if (!stopped) {
      looking ??= fill()
        .catch((error: unknown) => {
          parts.log.warn({ err: error }, "looking for webhook deliveries failed; it is tried again");
        })
        .finally(() => {
          looking = null;
        });
    }
  };

  return {
    look,
    stop: async () => {
      stopped = true;
      await looking;
      await Promise.all([...underWay.values()].map(async ({ work }) => work));
    },
  };
}

type Taken = Pick<DueDelivery, "endpointId" | "organizationId">;

function full(taken: ReadonlyMap<string, number>, places: number): readonly string[] {
  return [...taken].filter(([, count]) => count >= places).map(([id]) => id);
}

/** No more of each endpoint, and of each organization, than it has places left. */
function withinPlaces(due: readonly DueDelivery[], taken: Iterable<Taken>): readonly DueDelivery[] {
  const before = [...taken];
  const ofEndpoint = count(before, "endpointId");
  const ofOrganization = count(before, "organizationId");
  return due.filter(({ endpointId, organizationId }) => {
    const endpoints = (ofEndpoint.get(endpointId) ?? 0) + 1;
    const organizations = (ofOrganization.get(organizationId) ?? 0) + 1;
    if (endpoints > AT_ONCE_PER_ENDPOINT || organizations > AT_ONCE_PER_ORGANIZATION) {
      return false;
    }
    ofEndpoint.set(endpointId, endpoints);
    ofOrganization.set(organizationId, organizations);
    return true;
  });
}

function count(taken: Iterable<Taken>, by: keyof Taken): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of taken) {
    counts.set(one[by], (counts.get(one[by]) ?? 0) + 1);
  }
  return counts;
}
