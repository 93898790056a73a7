import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connectDatabase } from "#runtime/db/connect.ts";
import { migrate } from "#runtime/db/migrate.ts";
import { startEmbedded } from "#runtime/embedded/start.ts";
import { TEST_MASTER_KEY } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { processTree } from "#test/support/processes.ts";
import { freePort } from "#test/support/redis.ts";
import type { FromRefreshProcess, ToRefreshProcess } from "#test/support/refresh-process.ts";
import type { FromOidcServer, OidcStats, ToOidcServer } from "./oidc-server.ts";

/** A PostgreSQL server of one's own, to be restarted under load. */
export interface RestartableDatabase extends TestDatabase {
  restart(): Promise<void>;
}

export async function startRestartableDatabase(): Promise<RestartableDatabase> {
  const folder = mkdtempSync(path.join(tmpdir(), "tenon-chaos-"));
  const settings = { port: String(await freePort()), max_connections: "300", fsync: "off" };
  let server = await startEmbedded(folder, settings);
  const access = { url: server.url, masterKey: TEST_MASTER_KEY };
  await migrate(access);
  const database = connectDatabase(access, { poolSize: 8, process: "test" });
  return {
    ...access,
    database,
    restart: async () => {
      await server.stop();
      server = await startEmbedded(folder, settings);
    },
    close: async () => {
      await database.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The OpenID provider's process. */
export interface OidcServer {
  readonly port: number;
  grants(count: number): Promise<readonly string[]>;
  disturb(on: boolean): void;
  stats(): Promise<OidcStats>;
  close(): Promise<void>;
}

export async function startOidcServer(): Promise<OidcServer> {
  const child = fork(path.join(import.meta.dirname, "oidc-server.ts"), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ask = async (question: ToOidcServer): Promise<FromOidcServer> => {
    const answered = once(child, "message");
    child.send(question);
    const [message] = (await answered) as [FromOidcServer];
    return message;
  };
  const [ready] = (await once(child, "message")) as [FromOidcServer];
  return {
    port: ready.type === "ready" ? ready.port : 0,
    grants: async (count) => {
      const message = await ask({ type: "grants", count });
      return message.type === "grants" ? message.refreshTokens : [];
    },
    disturb: (on) => {
      child.send({ type: "disturb", on } satisfies ToOidcServer);
    },
    stats: async () => {
      const message = await ask({ type: "stats" });
      if (message.type !== "stats") {
        throw new Error("the provider answered something else");
      }
      return message.stats;
    },
    close: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

/** The processes that use and renew connections, and the couriers that they started. */
export class Workers {
  readonly #env: Readonly<Record<string, string>>;
  readonly #begin: (slot: number) => readonly ToRefreshProcess[];
  readonly #children: ChildProcess[] = [];
  /** How uses went, by name. */
  readonly outcomes = new Map<string, number>();
  slowestMs = 0;
  kills = 0;
  stops = 0;
  readonly couriers = new Set<number>();

  /** @param begin - What the process of a slot is told when it has started. */
  constructor(db: TestDatabase, begin: (slot: number) => readonly ToRefreshProcess[]) {
    this.#begin = begin;
    this.#env = {
      PATH: "/usr/bin:/bin",
      DATABASE_URL: db.url,
      TENON_MASTER_KEY: db.masterKey.toString("base64"),
      TENON_EGRESS_ALLOW: "127.0.0.0/8,::1/128",
      TENON_LOG_LEVEL: "silent",
    };
  }

  async start(slot: number): Promise<void> {
    const child = fork(path.join(import.meta.dirname, "../support/refresh-process.ts"), {
      env: this.#env,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#children[slot] = child;
    child.on("message", (message: FromRefreshProcess) => {
      if (message.type === "used") {
        this.slowestMs = Math.max(this.slowestMs, message.slowestMs);
        for (const [name, count] of Object.entries(message.outcome)) {
          this.outcomes.set(name, (this.outcomes.get(name) ?? 0) + count);
        }
      }
    });
    await once(child, "message");
    this.tell(slot, this.#begin(slot));
  }

  tell(slot: number, messages: readonly ToRefreshProcess[]): void {
    messages.forEach((message) => this.#children[slot]?.send(message));
  }

  /** SIGKILL, and another one in its place. */
  async kill(slot: number): Promise<void> {
    this.kills += 1;
    this.#noteCourier(slot);
    const child = this.#children[slot];
    child?.kill("SIGKILL");
    await this.start(slot);
  }

  /** SIGSTOP for a while. */
  async stop(slot: number, ms: number): Promise<void> {
    this.stops += 1;
    const child = this.#children[slot];
    child?.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, ms));
    child?.kill("SIGCONT");
  }

  #noteCourier(slot: number): void {
    processTree(this.#children[slot]?.pid ?? 0)
      .slice(1)
      .forEach((pid) => this.couriers.add(pid));
  }

  /** Ends the processes; their couriers end by themselves when their calls are journaled. */
  async close(): Promise<void> {
    this.#children.forEach((_, slot) => {
      this.#noteCourier(slot);
    });
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode === null && child.signalCode === null) {
          const exited = once(child, "exit");
          child.kill("SIGKILL");
          await exited;
        }
      }),
    );
  }
}
