import { randomBytes } from "node:crypto";
import type { ClientOptions } from "../client.ts";
import type { AuthMethod } from "../connector/auth.ts";
import { authMethodOf } from "../connector/methods.ts";
import { parseConnector } from "../connector/parse.ts";
import type { Connector, ConnectorInput } from "../connector/schema.ts";
import type { FakeBehavior, FakeCounts } from "./behavior.ts";
import { startFakeProvider } from "./start.ts";
import type { FakeProvider } from "./start.ts";
import { act, connect, prepareBench, read, reconnect, use } from "./tenon.ts";
import type { Bench, ExercisedConnection } from "./tenon.ts";

/** A station of a connection's life. */
export type ExerciseStep =
  "connect" | "use" | "expire" | "refresh" | "rotate" | "revoke" | "reconnect" | "disconnect";

/** What an exercise went through. */
export interface ExerciseReport {
  readonly passed: readonly ExerciseStep[];
  /** Steps that this auth method has no use for, and why. */
  readonly skipped: readonly { readonly step: ExerciseStep; readonly reason: string }[];
  readonly counts: FakeCounts;
}

/** A step did not go as it should. */
export class ExerciseError extends Error {
  override readonly name = "ExerciseError";
  readonly step: ExerciseStep;
  /** What the provider had to complain of so far: often the reason. */
  readonly complaints: readonly string[];

  constructor(step: ExerciseStep, message: string, complaints: readonly string[], cause?: unknown) {
    const more = complaints.length === 0 ? "" : ` The provider complained: ${complaints.join(" ")}`;
    super(`${step}: ${message}${more}`, { cause });
    this.step = step;
    this.complaints = complaints;
  }
}

/**
 * Runs a connector through the life of a connection on a real Tenon: connect → use → expire → refresh → rotate →
 * revoke → reconnect → disconnect, against a provider made from the definition. What it makes in Tenon (an
 * environment, the connector under a name of its own, a workflow) it takes away again.
 *
 * @param server - Address of a Tenon with a worker, and an API key that may manage connectors, OAuth apps,
 * connections, workflows and environments. The server must be allowed to reach the provider:
 * `TENON_EGRESS_ALLOW=127.0.0.0/8,::1/128`.
 * @param definition - The definition as its author wrote it. Its rate and quota are left out, so that nothing waits.
 * @param behavior - What the definition leaves open; see {@link FakeBehavior}.
 * @throws {@link ExerciseError} naming the step, with what the provider complained of
 *
 * @example
 * ```ts
 * test("a connection of Acme lives as it should", async () => {
 *   const { passed } = await exerciseConnector({ url: "http://127.0.0.1:3000", apiKey }, acme);
 *   assert.ok(passed.includes("rotate"));
 * });
 * ```
 */
export async function exerciseConnector(
  server: ClientOptions,
  definition: ConnectorInput,
  behavior: FakeBehavior = {},
): Promise<ExerciseReport> {
  const parsed = withoutPace(parseConnector(definition));
  const method = authMethodOf(parsed, behavior.method);
  const provider = await startFakeProvider(parsed, { ...allowsRefresh(method), ...behavior });
  try {
    const slug = `${parsed.slug.slice(0, 60)}-exercise-${randomBytes(4).toString("hex")}`;
    const bench = await prepareBench(server, provider, slug);
    try {
      return await live(bench, method);
    } finally {
      await bench.clear();
    }
  } finally {
    await provider.close();
  }
}

/** Limits are there to be kept for hours; an exercise has seconds. */
function withoutPace(connector: Connector): Connector {
  const { rate: _, ...policy } = connector.policy;
  const auth = connector.auth.map((method): AuthMethod => {
    if (method.type !== "oauth2") {
      return method;
    }
    const { quota: __, ...refresh } = method.refresh;
    return { ...method, refresh };
  });
  return { ...connector, policy, auth };
}

/** Where renewal is refused until the end is near, tokens are always near their end. */
function allowsRefresh(method: AuthMethod | undefined): FakeBehavior {
  const notBefore = method?.type === "oauth2" ? method.refresh.notBefore : undefined;
  return notBefore === undefined ? {} : { accessLifetime: notBefore, tellsExpiry: true };
}

/** What the method has: steps without a use are skipped. */
interface Abilities {
  /** Tokens can be renewed. */
  readonly renews: boolean;
  /** Also when the access token has ended. */
  readonly outlives: boolean;
  /** A person allowed it, and can take it back. */
  readonly isGranted: boolean;
}

function abilitiesOf(method: AuthMethod | undefined): Abilities {
  if (method?.type !== "oauth2") {
    return { renews: false, outlives: false, isGranted: false };
  }
  const isApp = method.grant === "client_credentials" || method.refresh.by === "again";
  return {
    renews: method.refresh.by !== "none" || isApp,
    outlives: (method.refresh.by !== "none" && method.refresh.by !== "exchange") || isApp,
    isGranted: !isApp,
  };
}

async function live(bench: Bench, method: AuthMethod | undefined): Promise<ExerciseReport> {
  const { renews, outlives, isGranted } = abilitiesOf(method);
  const passed: ExerciseStep[] = [];
  const skipped: { step: ExerciseStep; reason: string }[] = [];
  let connection: ExercisedConnection | undefined;
  const idOf = (): string => connection?.id ?? "";
  const steps: readonly (readonly [ExerciseStep, string | null, () => Promise<void>])[] = [
    ["connect", null, async () => void (connection = await connected(bench))],
    ["use", null, async () => used(bench, idOf())],
    ["expire", outlives ? null : "Nothing renews it once it has ended.", async () => expired(bench)],
    ["refresh", renews ? null : "Nothing renews it.", async () => refreshed(bench, idOf(), 1)],
    ["rotate", renews ? null : "Nothing renews it.", async () => refreshed(bench, idOf(), 2)],
    ["revoke", isGranted && renews ? null : "No grant is renewed.", async () => revoked(bench, idOf())],
    ["reconnect", null, async () => reconnected(bench, idOf())],
    ["disconnect", null, async () => disconnected(bench, method, idOf())],
  ];
  for (const [step, reason, run] of steps) {
    if (reason === null) {
      await attempt(bench.provider, step, run);
      passed.push(step);
    } else {
      skipped.push({ step, reason });
    }
  }
  return { passed, skipped, counts: bench.provider.counts() };
}

async function attempt(provider: FakeProvider, step: ExerciseStep, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ExerciseError(step, message, provider.complaints, error);
  }
  if (provider.complaints.length > 0 || provider.counts().reuses > 0) {
    const reuses = String(provider.counts().reuses);
    throw new ExerciseError(
      step,
      `It went, but not cleanly (${reuses} spent tokens reused).`,
      provider.complaints,
    );
  }
}

async function connected(bench: Bench): Promise<ExercisedConnection> {
  const connection = await connect(bench);
  requireStatus(connection, ["healthy", "unverified"]);
  const { account, connector } = bench.provider;
  if (connector.verification?.account !== undefined && connection.account === null) {
    throw new Error(`The verification found no account; it should be ${account.id}.`);
  }
  return connection;
}

async function used(bench: Bench, id: string): Promise<void> {
  const verification = await act<{ ok: boolean; reason: string | null }>(bench, id, "test");
  if (!verification.ok) {
    throw new Error(`The verification says no: ${verification.reason ?? "without a reason"}`);
  }
  await requireUse(bench);
}

/** The access token ends early: a run must not notice. */
async function expired(bench: Bench): Promise<void> {
  const before = bench.provider.counts().apiRefusals;
  bench.provider.control.expireAccessTokens();
  await requireUse(bench);
  if (bench.provider.counts().apiRefusals === before) {
    throw new Error("The provider did not see the ended token.");
  }
}

async function refreshed(bench: Bench, id: string, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const answer = await act<{ status: string; message: string | null }>(bench, id, "refresh");
    if (answer.status !== "refreshed") {
      throw new Error(`The renewal came to "${answer.status}": ${answer.message ?? ""}`);
    }
    requireStatus(await read(bench, id), ["healthy", "unverified"]);
  }
  await requireUse(bench);
}

/** The person takes the access back at the provider: Tenon must say that the account has to be connected again. */
async function revoked(bench: Bench, id: string): Promise<void> {
  bench.provider.control.revokeGrants();
  const answer = await act<{ status: string; message: string | null }>(bench, id, "refresh");
  if (answer.status !== "reauthorize") {
    throw new Error(
      `The renewal came to "${answer.status}" instead of "reauthorize": ${answer.message ?? ""}`,
    );
  }
  requireStatus(await read(bench, id), ["reauthorize"]);
}

async function reconnected(bench: Bench, id: string): Promise<void> {
  const connection = await reconnect(bench, id);
  if (connection.id !== id) {
    throw new Error("It has another id now.");
  }
  requireStatus(connection, ["healthy", "unverified"]);
  await requireUse(bench);
}

async function disconnected(bench: Bench, method: AuthMethod | undefined, id: string): Promise<void> {
  const answer = await act<{ revoked: boolean; reason: string | null }>(bench, id, "disconnect");
  const isRevocable = method?.type === "oauth2" && method.revokeUrl !== undefined;
  if (answer.revoked !== isRevocable) {
    throw new Error(`Revoked at the provider: ${String(answer.revoked)}. ${answer.reason ?? ""}`);
  }
  requireStatus(await read(bench, id), ["disconnected"]);
}

async function requireUse(bench: Bench): Promise<void> {
  const { status, problem } = await use(bench);
  if (status !== 200) {
    throw new Error(problem);
  }
}

function requireStatus({ status, problem }: ExercisedConnection, wanted: readonly string[]): void {
  if (!wanted.includes(status)) {
    throw new Error(
      `The connection is "${status}", not "${wanted.join('" or "')}": ${problem?.message ?? ""}`,
    );
  }
}
