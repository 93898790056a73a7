import { createHash } from "node:crypto";
import type { Agent } from "undici";
import { createAgent } from "./connect.ts";
import type { ClientCertificate, DialPolicy } from "./connect.ts";

/** The connections of a process: a pool for each tenant, and for each client certificate that it has. */
export interface Agents {
  of(tenant: string, certificate: ClientCertificate | undefined): Agent;
  /** Drops every connection. */
  close(): Promise<void>;
}

// Kept connections of an idle pool end by themselves after seconds; only the objects are counted here.
const MOST_AGENTS = 1_000;

/**
 * Connections are never shared between tenants: whoever holds all that an origin is given, waits alone, and what a
 * server takes a connection for, or left on it, is nobody else's. Nor between certificates: a kept connection
 * already is somebody to the other side.
 */
export function createAgents(policy: DialPolicy): Agents {
  const byKey = new Map<string, Agent>();
  return {
    of: (tenant, certificate) => {
      const key = `${tenant}\n${certificate === undefined ? "" : fingerprint(certificate)}`;
      const agent = byKey.get(key) ?? createAgent({ ...policy, ...ownCertificate(certificate) });
      byKey.delete(key);
      byKey.set(key, agent);
      dropOldest(byKey);
      return agent;
    },
    close: async () => {
      await Promise.all([...byKey.values()].map((agent) => agent.destroy()));
    },
  };
}

function ownCertificate(certificate: ClientCertificate | undefined): Pick<DialPolicy, "clientCertificate"> {
  return certificate === undefined ? {} : { clientCertificate: certificate };
}

function fingerprint({ certificate, key }: ClientCertificate): string {
  return createHash("sha256").update(certificate).update("\0").update(key).digest("base64");
}

function dropOldest(byKey: Map<string, Agent>): void {
  const [oldest] = byKey;
  if (byKey.size > MOST_AGENTS && oldest !== undefined) {
    byKey.delete(oldest[0]);
    // Requests under way are finished first.
    void oldest[1].close();
  }
}
