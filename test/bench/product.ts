import { Pool } from "undici";
import type { Installation } from "#test/support/installation.ts";
import { sequential, throughput } from "./measure.ts";
import type { Figures } from "./floors.ts";

/** The workflow that is measured: one secret, one input, one result. */
export const SOURCE = sourceOf("fresh");

function sourceOf(isolation: Isolation): string {
  return `
import { defineWorkflow } from "tenon";

export default defineWorkflow(
  { tier: "instant", isolation: "${isolation}", needs: { secrets: { BENCH_KEY: {} } } },
  async (ctx, input) => ({ greeting: "Hello, " + input.name, keyed: ctx.secrets.BENCH_KEY.length > 0 }),
);
`;
}

/** The workflow is deployed once for each, under its name. */
export const ISOLATIONS = ["fresh", "warm"] as const;
export type Isolation = (typeof ISOLATIONS)[number];

/** The API of an installation, over kept connections. */
export interface Caller {
  call<T>(method: string, route: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

/** Opens `connections` connections. */
export function connect(installation: Pick<Installation, "url" | "apiKey">, connections: number): Caller {
  const pool = new Pool(installation.url, { connections });
  return {
    call: async <T>(method: string, route: string, body?: unknown): Promise<T> => {
      const { statusCode, body: answer } = await pool.request({
        path: `/api/v1${route}`,
        method,
        headers: { authorization: `Bearer ${installation.apiKey}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (statusCode >= 300) {
        throw new Error(`${method} ${route} answered ${String(statusCode)}: ${text}`);
      }
      return JSON.parse(text) as T;
    },
    close: async () => pool.close(),
  };
}

/** Stores the secret and puts the workflows live. */
export async function deployBench(caller: Caller): Promise<void> {
  await caller.call("POST", "/environments/development/secrets", {
    name: "BENCH_KEY",
    value: "bench-secret-value-0123456789",
    hosts: ["api.example.com"],
  });
  for (const isolation of ISOLATIONS) {
    const workflow = `/workflows/${isolation}`;
    await caller.call("POST", "/workflows", { slug: isolation });
    await caller.call("POST", `${workflow}/versions`, { source: sourceOf(isolation), filename: "bench.ts" });
    await caller.call("POST", `${workflow}/deployments`, { environment: "development", version: 1 });
  }
}

/** One instant run, checked. @throws Error when it did not complete with the right result. */
export async function runOnce(caller: Caller, isolation: Isolation): Promise<void> {
  const run = await caller.call<{ status: string; result: { greeting?: string; keyed?: boolean } | null }>(
    "POST",
    "/runs",
    {
      workflow: isolation,
      environment: "development",
      input: { name: "Ada" },
    },
  );
  if (run.status !== "completed" || run.result?.greeting !== "Hello, Ada" || run.result.keyed !== true) {
    throw new Error(`a run ended wrongly: ${JSON.stringify(run)}`);
  }
}

/** Instant runs through HTTP: one after the other, then `width` in flight. */
export async function instantRuns(
  caller: Caller,
  isolation: Isolation,
  count: number,
  width: number,
): Promise<Figures> {
  const once = async (): Promise<void> => runOnce(caller, isolation);
  return { times: await sequential(count, once), perSecond: await throughput(count * 3, width, once) };
}
