import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { text } from "node:stream/consumers";
import { createEgress } from "#runtime/egress/fetch.ts";
import type { EgressSecret } from "#runtime/egress/fetch.ts";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { createSandboxPool } from "#runtime/host/pool.ts";
import { buildSandboxProgram } from "#runtime/host/sandbox-program.ts";
import { createLogger } from "#runtime/log.ts";
import { secret } from "#test/host/sandbox-pool.ts";

/** A request that a server of the world heard. */
export interface Heard {
  readonly at: number;
  readonly path: string;
  readonly words: string;
}

/**
 * Where attacks happen: real sandbox processes, the real way out, and three servers. `bound` is where the secret
 * KEY belongs; `stranger` may be fetched, and must never learn it; `hidden` has a private address, and must never
 * see a connection, although manifests name it.
 */
export interface World {
  readonly pool: SandboxPool;
  /** A pool whose processes are under their run's control from the start. */
  readonly takenOver: SandboxPool;
  readonly origins: { readonly bound: string; readonly stranger: string; readonly hidden: string };
  readonly secrets: readonly EgressSecret[];
  readonly bound: readonly Heard[];
  readonly stranger: readonly Heard[];
  hiddenConnections(): number;
  close(): Promise<void>;
}

/** Memory of one isolate, in MB: small, so that an attack on memory is short. */
export const MEMORY_MB = 32;

/** Starts all of it. */
export async function openWorld(): Promise<World> {
  const bound: Heard[] = [];
  const stranger: Heard[] = [];
  let hiddenConnections = 0;
  const servers = await Promise.all([
    listen("127.0.0.1", bound),
    listen("127.0.0.1", stranger),
    listen("127.0.0.2", []),
  ]);
  const origins = { bound: servers[0].origin, stranger: servers[1].origin, hidden: servers[2].origin };
  servers[2].server.on("connection", () => {
    hiddenConnections += 1;
  });
  const egress = createEgress({ allow: ["127.0.0.1/32"] });
  const config = {
    sandboxProcesses: 8,
    sandboxLockdown: "auto",
    memoryLimitMb: MEMORY_MB,
    sandboxIdleMb: 256,
  } as const;
  const log = createLogger("attack", "silent");
  const program = await buildSandboxProgram(new URL("taken-over.ts", import.meta.url).pathname);
  const pool = await createSandboxPool({ config, egress, log });
  const takenOver = await createSandboxPool({ config, egress, log, program });
  return {
    pool,
    takenOver,
    origins,
    secrets: [
      secret("KEY", `key-${randomBytes(12).toString("hex")}`, { hosts: [origins.bound] }),
      secret("SHOWN", `shown-${randomBytes(12).toString("hex")}`, { hosts: [origins.bound], reveal: true }),
    ],
    bound,
    stranger,
    hiddenConnections: () => hiddenConnections,
    close: async () => {
      await Promise.all([pool.close(), takenOver.close()]);
      await egress.close();
      await Promise.all(servers.map(async ({ stop }) => stop()));
    },
  };
}

async function listen(
  address: string,
  heard: Heard[],
): Promise<{ readonly origin: string; readonly server: Server; readonly stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void hear(request, response, heard);
  });
  server.listen(0, address);
  await once(server, "listening");
  return {
    origin: `http://${address}:${String((server.address() as AddressInfo).port)}`,
    server,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function hear(request: IncomingMessage, response: ServerResponse, heard: Heard[]): Promise<void> {
  const at = Date.now();
  const body = await text(request).catch(() => "");
  const url = new URL(request.url ?? "/", "http://world.test");
  const words = `${request.method ?? ""} ${request.url ?? ""}\n${request.rawHeaders.join("\n")}\n\n${body}`;
  heard.push({ at, path: url.pathname, words });
  await answer(url, { body, headers: request.headers }, response);
}

/** What the servers do: the last part of the path says it. */
async function answer(
  url: URL,
  given: { readonly body: string; readonly headers: IncomingMessage["headers"] },
  response: ServerResponse,
): Promise<void> {
  switch (url.pathname.split("/").at(-1) ?? "") {
    case "redirect":
      response.writeHead(Number(url.searchParams.get("status") ?? "302"), {
        location: url.searchParams.get("to") ?? "/",
      });
      response.end();
      break;
    case "slow":
      await delay(Number(url.searchParams.get("ms")), undefined, { ref: false });
      response.end("slow");
      break;
    case "never":
      break;
    case "endless":
      response.write("it goes on");
      break;
    case "hesitate":
      response.write(url.searchParams.get("said") ?? "");
      await delay(Number(url.searchParams.get("ms")), undefined, { ref: false });
      response.end(".");
      break;
    case "big":
      response.end("x".repeat(Number(url.searchParams.get("size"))));
      break;
    case "repeat":
      response.setHeader("x-repeated", String(given.headers["x-key"] ?? ""));
      response.end(given.body);
      break;
    default:
      response.end(given.body);
  }
}
