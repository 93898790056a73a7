import path from "node:path";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { createEgress } from "#runtime/egress/fetch.ts";
import type { Egress, EgressSecret } from "#runtime/egress/fetch.ts";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { contentHash, randomHex } from "#runtime/ids.ts";
import { bundleWorkflow } from "#sdk/bundle.ts";
import { TEST_CA } from "#test/egress/certificate.ts";
import { serve } from "#test/egress/server.ts";
import type { Received, TestServer } from "#test/egress/server.ts";
import { resultOf, run, secret, startPool } from "#test/host/sandbox-pool.ts";
import type { Ran } from "#test/host/sandbox-pool.ts";
import { sandboxPids } from "#test/support/processes.ts";
import { findInMemory, needles } from "#test/support/search.ts";

/** In the middle of every key: looking for one text in the sandbox's memory is looking for all keys. */
const CANARY = `canary${randomHex(16)}`;

/** A key with a vendor's prefix that is found wherever it was left. */
export const key = (prefix: string): string => `${prefix}${CANARY}_${randomHex(4)}`;

/** An answer of a vendor's API: JSON, a text of its own type, or server-sent events, one after the other. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly events?: readonly string[];
}

/** What a workflow did. */
export interface Called {
  readonly ran: Ran;
  readonly result: unknown;
  readonly received: readonly Received[];
  /** What searching the sandbox process found: at every request, and right after the run. */
  readonly found: readonly (readonly string[])[];
}

/** A way to run an SDK in a real sandbox process, against a server on loopback. */
export interface World {
  /**
   * Bundles `fixtures/<sdk>.ts` as a project's file, runs it with its secrets bound to the server, and searches
   * the sandbox's memory for their values while each request is under way and after the run.
   */
  readonly call: (
    sdk: string,
    what: {
      readonly secrets: Readonly<Record<string, string>>;
      readonly answer: (request: Received, server: TestServer) => Answer;
      readonly input?: Readonly<Record<string, unknown>>;
      readonly reveal?: boolean;
    },
  ) => Promise<Called>;
}

/** Starts a pool of one process for the tests of a file. */
export function startWorld(): World {
  // A search takes a while where many share a processor.
  vi.setConfig({ testTimeout: 120_000 });
  let pool: SandboxPool;
  let egress: Egress;
  beforeAll(async () => {
    egress = createEgress({ allow: ["127.0.0.0/8"], ca: TEST_CA });
    pool = await startPool({ processes: 1, egress });
  });
  afterAll(async () => {
    await pool.close();
    await egress.close();
  });
  return {
    call: async (sdk, { secrets, answer, input = {}, reveal = false }) => {
      const mark = `mark-${randomHex(12)}`;
      const found: string[][] = [];
      const look = (): void => {
        found.push(searchSandboxes(mark));
      };
      const server = await serve(
        (request, response) => {
          look();
          reply(answer(request, server), response, look);
        },
        { tls: true },
      );
      const bound = Object.entries(secrets).map(([name, value]): EgressSecret =>
        secret(name, value, { hosts: [server.pattern], reveal }),
      );
      const ran = await run(pool, await bundleOf(sdk), {
        input: JSON.stringify({ url: server.origin, mark, ...input }),
        secrets: bound,
        limits: { memoryMb: 128, cpuSliceMs: 20_000, cpuTotalMs: 40_000, wallMs: 100_000 },
      });
      // At once: a sandbox process that has nothing to do gives its memory back.
      look();
      expect(ran.status, JSON.stringify(ran)).toBe("completed");
      return { ran, result: resultOf(ran), received: server.received, found };
    },
  };
}

/** Asserts that every search saw the run's memory, and no key in it. */
export function expectBlind(
  { found, received, ran }: Called,
  values: Readonly<Record<string, string>>,
): void {
  expect(found.length).toBeGreaterThan(1);
  expect(found).toEqual(found.map(() => ["mark"]));
  expect(received.length).toBeGreaterThan(0);
  for (const value of Object.values(values)) {
    expect(JSON.stringify([ran])).not.toContain(value);
  }
}

async function bundleOf(sdk: string): Promise<{ hash: string; code: string; sourceMap: string }> {
  const { code, sourceMap } = await bundleWorkflow({
    entry: path.join(import.meta.dirname, "fixtures", `${sdk}.ts`),
  });
  return { hash: contentHash(code), code, sourceMap };
}

function searchSandboxes(mark: string): string[] {
  const searched = new Map([...needles(CANARY), ["mark", Buffer.from(mark)]]);
  const found = sandboxPids(process.pid).flatMap((pid) => findInMemory(pid, searched).found);
  return [...new Set(found)];
}

type Response = Parameters<Parameters<typeof serve>[0]>[1];

function reply(
  { status = 200, headers = {}, json, events }: Answer,
  response: Response,
  look: () => void,
): void {
  if (events === undefined) {
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(json ?? {}));
    return;
  }
  response.writeHead(status, { "content-type": "text/event-stream", ...headers });
  events.forEach((event, at) => {
    response.write(event);
    if (at === 1) {
      look();
    }
  });
  response.end();
}
