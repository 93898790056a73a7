import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createFirstOrganization } from "#runtime/embedded/bootstrap.ts";
import type { ServiceMessage } from "#runtime/service.ts";
import { createTestDatabase } from "./database.ts";
import type { TestDatabase } from "./database.ts";

const LAUNCH = path.join(import.meta.dirname, "../../runtime/launch.js");

/** A service of the product in a process of its own. */
export interface RunningService {
  readonly pid: number;
  readonly url: string;
  /** What it wrote to standard error so far. */
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  /** Ends it as an operator would (SIGTERM) and waits; resolves its exit code. */
  stop(): Promise<number | null>;
}

/** An answer of the API, read. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** The whole product on a database of its own, as real processes. */
export interface Product {
  readonly db: TestDatabase;
  readonly url: string;
  readonly apiKey: string;
  readonly organizationId: string;
  readonly api: RunningService;
  readonly workers: RunningService[];
  /** Calls the API with the first organization's key. */
  call<T = Record<string, unknown>>(
    method: string,
    route: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
  addWorker(env?: Readonly<Record<string, string>>): Promise<RunningService>;
  close(): Promise<void>;
}

/** Starts api and workers; `env` adds settings to both. */
export async function startProduct(
  options: { readonly workers?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Product> {
  const db = await createTestDatabase();
  const bootstrap = await createFirstOrganization(db.database);
  if (bootstrap === null) {
    throw new Error("a cloned database is empty");
  }
  const env = {
    DATABASE_URL: db.url,
    TENON_MASTER_KEY: db.masterKey.toString("base64"),
    TENON_LOG_LEVEL: "warn",
    TENON_EGRESS_ALLOW: "127.0.0.0/8,::1/128",
    TENON_RATE_LIMIT: "0",
    PORT: "0",
    ...options.env,
  };
  const services = [
    startService("api", env),
    ...Array.from({ length: options.workers ?? 1 }, async () => startService("worker", env)),
  ];
  const [api, ...workers] = await Promise.all(services);
  if (api === undefined) {
    throw new Error("the api did not start");
  }
  return {
    db,
    url: api.url,
    apiKey: bootstrap.apiKey,
    organizationId: bootstrap.organizationId,
    api,
    workers,
    call: async (method, route, body, headers = {}) =>
      callApi(`${api.url}/api/v1${route}`, method, bootstrap.apiKey, body, headers),
    addWorker: async (extra = {}) => {
      const worker = await startService("worker", { ...env, ...extra });
      workers.push(worker);
      return worker;
    },
    close: async () => {
      await Promise.all([api.stop(), ...workers.map(async (worker) => worker.stop())]);
      await db.close();
    },
  };
}

/** Starts one service of the product and waits until it is ready. @throws Error with its reason when it refuses. */
export async function startService(
  name: "api" | "worker",
  env: Readonly<Record<string, string>>,
): Promise<RunningService> {
  const child = fork(LAUNCH, [name], {
    env: { PATH: "/usr/bin:/bin", ...env },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ready = await Promise.race([
    once(child, "message").then(([message]) => message as ServiceMessage),
    once(child, "exit").then((): ServiceMessage => ({ ready: false, reason: stderr })),
  ]);
  if (!ready.ready) {
    throw new Error(ready.reason);
  }
  return {
    pid: child.pid ?? 0,
    url: ready.url ?? "",
    stderr: () => stderr,
    kill: (signal) => child.kill(signal),
    stop: async () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  return child.exitCode;
}

/** Calls the API and reads the answer. */
export async function callApi<T>(
  url: string,
  method: string,
  key: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer<T>> {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? null : JSON.parse(text)) as T,
  };
}

/** Waits until `condition` holds. @throws Error naming `what` after `timeoutMs`. */
export async function eventually<T>(
  what: string,
  condition: () => Promise<T | false | null | undefined>,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== null && value !== undefined) {
      return value;
    }
    if (Date.now() > deadline) {
      throw new Error(`still not true after ${String(timeoutMs)} ms: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
