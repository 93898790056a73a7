import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Redis } from "ioredis";

/** A Redis server of its own on loopback, which keeps its keys in memory alone unless it is told otherwise. */
export interface RedisServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Whether `redis-server` is installed. */
export function hasRedis(): boolean {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a Redis server on a free port and waits until it answers.
 *
 * @param options - `history`: a folder for its append-only file, which keeps every write since the start as it
 * was made, those of keys that are gone too.
 */
export async function startRedis(options: { readonly history?: string } = {}): Promise<RedisServer> {
  const port = await freePort();
  const { history } = options;
  // Percentage 0: the file is never rewritten as just the keys that are left.
  const persistence =
    history === undefined
      ? ["--appendonly", "no"]
      : [
          "--appendonly",
          "yes",
          "--appendfsync",
          "always",
          "--auto-aof-rewrite-percentage",
          "0",
          "--dir",
          history,
        ];
  const child = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", ...persistence],
    { stdio: "ignore" },
  );
  const url = `redis://127.0.0.1:${String(port)}`;
  const probe = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: 200 });
  probe.on("error", () => undefined);
  await probe.ping();
  probe.disconnect();
  return {
    url,
    pid: child.pid ?? 0,
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** A TCP port of loopback that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
