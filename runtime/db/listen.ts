import { setTimeout as delay } from "node:timers/promises";
import { Client, escapeIdentifier } from "pg";
import type { Logger } from "#runtime/log.ts";
import { roleConnection } from "./connect.ts";
import type { DatabaseAccess } from "./connect.ts";

const RECONNECT_MS = { first: 50, longest: 5_000 } as const;

export interface Listen {
  readonly channel: string;
  readonly onNotification: (payload: string) => void;
  /** Called each time that listening begins (again): what was notified meanwhile is to be looked up. */
  readonly onListen: () => void;
  readonly log: Logger;
}

/** Listens to a channel on a connection of its own, and again whenever that breaks. Resolves when it listens. */
export async function listen(access: DatabaseAccess, options: Listen): Promise<{ close(): Promise<void> }> {
  const closing = new AbortController();
  let client = await subscribe(access, options);
  const keep = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await ended(client);
      for (
        let pause: number = RECONNECT_MS.first;
        !closing.signal.aborted;
        pause = Math.min(2 * pause, RECONNECT_MS.longest)
      ) {
        try {
          client = await subscribe(access, options);
          break;
        } catch (error) {
          options.log.warn(
            { channel: options.channel, error: (error as Error).message },
            "listening is interrupted; trying again",
          );
          await delay(pause, undefined, { signal: closing.signal }).catch(() => undefined);
        }
      }
    }
  };
  const kept = keep();
  return {
    close: async () => {
      closing.abort();
      await client.end().catch(() => undefined);
      await kept;
    },
  };
}

async function subscribe(access: DatabaseAccess, options: Listen): Promise<Client> {
  const client = new Client(roleConnection(access, "tenon_app", "listen"));
  client.on("error", () => undefined);
  client.on("notification", ({ payload }) => {
    options.onNotification(payload ?? "");
  });
  await client.connect();
  await client.query(`listen ${escapeIdentifier(options.channel)}`);
  options.onListen();
  return client;
}

async function ended(client: Client): Promise<void> {
  await new Promise<void>((resolve) => {
    client.once("end", () => {
      resolve();
    });
  });
}
