import { createHash } from "node:crypto";
import type { Agent } from "undici";
import { createAgent } from "./connect.ts";
import type { ClientCertificate, DialPolicy } from "./connect.ts";

/** The connections of a process: one pool for all, and one for each client certificate. */
export interface Agents {
  of(certificate: ClientCertificate | undefined): Agent;
  /** Drops every connection. */
  close(): Promise<void>;
}

// Kept connections of an idle pool end by themselves after seconds; only the objects are counted here.
const MOST_CERTIFICATES = 100;

/** Connections are never shared between certificates: a kept one already is somebody to the other side. */
export function createAgents(policy: DialPolicy): Agents {
  const plain = createAgent(policy);
  const byKey = new Map<string, Agent>();
  return {
    of: (certificate) => {
      if (certificate === undefined) {
        return plain;
      }
      const key = fingerprint(certificate);
      const agent = byKey.get(key) ?? createAgent({ ...policy, clientCertificate: certificate });
      byKey.delete(key);
      byKey.set(key, agent);
      dropOldest(byKey);
      return agent;
    },
    close: async () => {
      await Promise.all([plain, ...byKey.values()].map((agent) => agent.destroy()));
    },
  };
}

function fingerprint({ certificate, key }: ClientCertificate): string {
  return createHash("sha256").update(certificate).update("\0").update(key).digest("base64");
}

function dropOldest(byKey: Map<string, Agent>): void {
  const [oldest] = byKey;
  if (byKey.size > MOST_CERTIFICATES && oldest !== undefined) {
    byKey.delete(oldest[0]);
    // Requests under way are finished first.
    void oldest[1].close();
  }
}
