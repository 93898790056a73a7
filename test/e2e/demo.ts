/**
 * `npm run demo`: a tour of the whole product in a temporary data directory. It starts Tenon and a small
 * third-party API, runs a workflow against it for two customers, and then looks for the API's key everywhere
 * it must not be. Ends with one line of JSON; exits 1 when something did not hold.
 */
import { parseArgs } from "node:util";
import { createParser } from "eventsource-parser";
import { readConfig } from "#runtime/config.ts";
import { findEmbedded } from "#runtime/embedded/address.ts";
import { randomHex } from "#runtime/ids.ts";
import { newDataDir, removeDataDir, startInstallation } from "#test/support/installation.ts";
import type { Installation } from "#test/support/installation.ts";
import { isRunning, processTree, sandboxPids } from "#test/support/processes.ts";
import { findIn, findInDatabase, findInFiles, findInMemory, needles } from "#test/support/search.ts";
import { startThirdParty } from "./third-party.ts";

const CUSTOMERS = ["acme", "globex"] as const;
/** In the workflow's source: a scan that does not find this in the sandbox's memory proves nothing. */
const MARK = `mark-${randomHex(8)}`;

const { values } = parseArgs({ options: { help: { type: "boolean" }, keep: { type: "boolean" } } });
if (values.help) {
  console.log(
    "Usage: npm run demo [-- --keep]\n\nA tour of Tenon in a temporary data directory. --keep leaves the directory behind.",
  );
  process.exit(0);
}

interface Run {
  readonly id: string;
  readonly status: string;
  readonly result: { readonly customer: string; readonly orders: number; readonly total: number } | null;
}

const began = performance.now();
const key = `sk_demo_${randomHex(24)}`;
const dataDir = newDataDir();
const checks: Record<string, boolean> = {};
const figures: Record<string, number> = {};
const thirdParty = await startThirdParty(key);
try {
  say("Starting Tenon on an empty data directory: embedded PostgreSQL, API, worker, sandboxes");
  const tenon = await startInstallation(dataDir, { TENON_EGRESS_ALLOW: "127.0.0.0/8" });
  figures["startMs"] = Math.round(tenon.readyMs);
  const tree = processTree(tenon.pid);
  try {
    await tour(tenon);
  } finally {
    say("Stopping");
    checks["stoppedCleanly"] = (await tenon.stop()) === 0;
  }
  checks["noProcessLeft"] = !tree.some(isRunning);
  const files = findInFiles(dataDir, needles(key));
  figures["filesSearched"] = files.files;
  checks["keyNotInFiles"] = files.found.length === 0;
} finally {
  await thirdParty.close();
  if (values.keep) {
    say(`The data directory stays: ${dataDir}`);
  } else {
    removeDataDir(dataDir);
  }
}
const held = Object.values(checks).every(Boolean);
figures["tookMs"] = Math.round(performance.now() - began);
console.log(JSON.stringify({ demo: held ? "ok" : "failed", checks, ...figures }));
process.exitCode = held ? 0 : 1;

async function tour(tenon: Installation): Promise<void> {
  const host = `http://127.0.0.1:${String(thirdParty.port)}`;
  say(`A third-party API that wants a bearer key listens at ${host}`);
  say("Storing the key as the secret PARTNER_KEY, bound to that host");
  await call(tenon, "POST", "/environments/development/secrets", {
    name: "PARTNER_KEY",
    value: key,
    hosts: [host],
  });
  for (const slug of CUSTOMERS) {
    await call(tenon, "POST", "/customers", { slug, name: slug });
  }
  say("Publishing and deploying the workflow sync-orders");
  await call(tenon, "POST", "/workflows", { slug: "sync-orders" });
  const version = await call<{ number: number }>(tenon, "POST", "/workflows/sync-orders/versions", {
    source: workflowSource(host),
    filename: "sync-orders.ts",
  });
  await call(tenon, "POST", "/workflows/sync-orders/deployments", {
    environment: "development",
    version: version.number,
  });

  const seen: string[] = [];
  for (const customer of CUSTOMERS) {
    say(`Running it for the customer ${customer}`);
    const accepted = await call<Run>(tenon, "POST", "/runs", {
      workflow: "sync-orders",
      environment: "development",
      customer,
    });
    const run = await follow(tenon, accepted.id, seen);
    console.log(`      ${run.status}: ${JSON.stringify(run.result)}`);
    checks[`${customer}Completed`] =
      run.status === "completed" && run.result?.customer === customer && run.result.orders > 0;
  }
  checks["keyArrivedAtItsHost"] = thirdParty.authorized() === CUSTOMERS.length && thirdParty.refused() === 0;
  await searchForKey(tenon, seen.join("\n"));
}

function workflowSource(host: string): string {
  return `
import { defineWorkflow } from "tenon";

export default defineWorkflow(
  { needs: { secrets: { PARTNER_KEY: {} } }, retry: { maxAttempts: 1 } },
  async (ctx) => {
    const customer = ctx.customer.slug;
    ctx.log.info("asking for the orders of " + customer, { mark: "${MARK}" });
    const response = await ctx.fetch("${host}/customers/" + customer + "/orders", {
      headers: { authorization: "Bearer " + ctx.secrets.PARTNER_KEY },
    });
    const { orders, youSent } = await response.json();
    // The API echoes the key it received: here it is the placeholder again.
    ctx.log.info("the API echoed " + youSent + " and " + response.headers.get("x-echo"));
    return { customer, orders: orders.length, total: orders.reduce((sum, order) => sum + order.total, 0) };
  },
);
`;
}

/** Streams a run's events until it ended, showing its log lines. */
async function follow(tenon: Installation, runId: string, seen: string[]): Promise<Run> {
  const response = await fetch(`${tenon.url}/api/v1/runs/${runId}/events`, {
    headers: { authorization: `Bearer ${tenon.apiKey}` },
  });
  let ended: Run | null = null;
  const parser = createParser({
    onEvent: ({ event, data }) => {
      seen.push(data);
      if (event === "log") {
        console.log(`      log: ${(JSON.parse(data) as { message: string }).message}`);
      } else if (event === "end") {
        ended = JSON.parse(data) as Run;
      }
    },
  });
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    parser.feed(chunk);
  }
  if (ended === null) {
    throw new Error(`the event stream of run ${runId} ended early`);
  }
  return ended;
}

async function searchForKey(tenon: Installation, seen: string): Promise<void> {
  say("Looking for the key where it must not be");
  const forms = needles(key);
  const runs = await call<{ data: { id: string }[] }>(tenon, "GET", "/runs");
  const answers = await Promise.all(
    runs.data.flatMap(({ id }) => [
      call(tenon, "GET", `/runs/${id}`),
      call(tenon, "GET", `/runs/${id}/logs`),
    ]),
  );
  checks["keyNotInLogsOrResults"] =
    findIn(Buffer.from(seen + JSON.stringify(answers) + tenon.output()), forms).length === 0;
  const database = await findInDatabase(findEmbedded(readConfig({ TENON_DATA_DIR: dataDir })), forms);
  checks["keyNotInDatabaseOrQueue"] = database.found.length === 0;
  figures["rowsSearched"] = database.rows;
  console.log(`      database and queue: ${String(database.rows)} rows searched`);

  let scanned = 0;
  let marked = false;
  let clean = true;
  for (const pid of sandboxPids(tenon.pid)) {
    const memory = findInMemory(pid, new Map([...forms, ["mark", Buffer.from(MARK)]]));
    scanned += memory.scannedBytes;
    marked ||= memory.found.includes("mark");
    clean &&= memory.found.every((name) => name === "mark");
  }
  figures["sandboxMemorySearchedMb"] = Math.round(scanned / 1_048_576);
  checks["sandboxMemoryWasReadable"] = marked;
  checks["keyNotInSandboxMemory"] = clean;
  console.log(
    `      memory of the sandbox processes: ${String(figures["sandboxMemorySearchedMb"])} MB searched`,
  );
}

async function call<T = unknown>(
  tenon: Installation,
  method: string,
  route: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${tenon.url}/api/v1${route}`, {
    method,
    headers: { authorization: `Bearer ${tenon.apiKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new Error(`${method} ${route} answered ${String(response.status)}: ${await response.text()}`);
  }
  return (await response.json()) as T;
}

function say(text: string): void {
  console.log(`[${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s] ${text}`);
}
