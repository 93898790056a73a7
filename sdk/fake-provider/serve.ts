import type { IncomingMessage, ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import { authorize } from "./authorize.ts";
import type { FakeCounts, FakeEndpoint, FakeLogEntry, FakeRequest, Mishap } from "./behavior.ts";
import type { Desk } from "./desk.ts";
import { jsonAnswer, send, spoil } from "./reply.ts";
import type { Answer } from "./reply.ts";
import { answerApi, answerLookup } from "./resource.ts";
import { introspect, revoke } from "./revoke.ts";
import { arrive } from "./route.ts";
import type { Arrival } from "./route.ts";
import { answerToken, isRenewal } from "./token.ts";

/** Mishaps to come. */
interface Planned {
  readonly mishap: Mishap;
  /** None: any endpoint. */
  readonly endpoints: readonly FakeEndpoint[];
  left: number;
}

/** One running provider: what it knows, what it saw, and what is to go wrong. */
export interface World {
  readonly desk: Desk;
  readonly log: FakeLogEntry[];
  readonly complaints: string[];
  readonly planned: Planned[];
  readonly counts: { -readonly [Name in keyof FakeCounts]: number };
  denial: string | null;
  latencyMs: number;
}

export function openWorld(desk: Desk): World {
  const counts = {
    authorizations: 0,
    tokenCalls: 0,
    refreshCalls: 0,
    refreshed: 0,
    revocations: 0,
    introspections: 0,
    apiCalls: 0,
    apiRefusals: 0,
    reuses: 0,
  };
  return { desk, log: [], complaints: [], planned: [], counts, denial: null, latencyMs: 0 };
}

/** Answers one request, unless something is to go wrong with it. */
export async function serve(
  world: World,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A client that went away is its own affair.
  response.on("error", () => undefined);
  try {
    const { request, arrival } = await receive(world, incoming);
    const mishap = nextMishap(world, request.endpoint);
    const isUndone = mishap !== null && mishap.afterwards !== true && replaces(mishap);
    const answer = isUndone ? jsonAnswer(200, {}) : carryOut(world, request, arrival);
    const sent = mishap === null ? answer : spoil(answer, mishap);
    count(world, request, isUndone ? null : answer);
    world.log.push({ ...request, status: mishap?.reset === true ? null : sent.status });
    const delayMs = (mishap?.delayMs ?? 0) + world.latencyMs;
    await send(response, sent, delayMs > 0 ? { ...mishap, delayMs } : mishap);
  } catch (error) {
    const message = `The fake provider failed: ${error instanceof Error ? error.message : String(error)}`;
    world.complaints.push(message);
    response.writeHead(500).end(message);
  }
}

function replaces({ status, body, html, reset, hugeBytes }: Mishap): boolean {
  return [status, body, html, reset, hugeBytes].some((part) => part !== undefined);
}

function nextMishap(world: World, endpoint: FakeEndpoint): Mishap | null {
  const planned = world.planned.find(
    ({ left, endpoints }) => left > 0 && (endpoints.length === 0 || endpoints.includes(endpoint)),
  );
  if (planned === undefined) {
    return null;
  }
  planned.left -= 1;
  return planned.mishap;
}

async function receive(
  world: World,
  incoming: IncomingMessage,
): Promise<{ request: FakeRequest; arrival: Arrival }> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  const method = incoming.method ?? "GET";
  const url = new URL(incoming.url ?? "/", world.desk.origin);
  const arrival = arrive(world.desk, method, url);
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
    name,
    [value].flat().join(", "),
  ]);
  const request: FakeRequest = {
    endpoint: arrival.endpoint,
    action: arrival.action?.slug ?? null,
    method,
    url: `${url.pathname}${url.search}`,
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString(),
    certificate:
      incoming.socket instanceof TLSSocket
        ? (incoming.socket.getPeerX509Certificate()?.fingerprint256 ?? null)
        : null,
  };
  return { request, arrival };
}

function carryOut(world: World, request: FakeRequest, arrival: Arrival): Answer {
  const answer = answerOf(world, request, arrival);
  if (answer.complaint !== null) {
    world.complaints.push(`${request.endpoint}: ${answer.complaint}`);
  }
  return answer;
}

function answerOf({ desk, denial }: World, request: FakeRequest, { action }: Arrival): Answer {
  switch (request.endpoint) {
    case "authorize":
      return authorize(desk, request, denial);
    case "token":
      return answerToken(desk, request);
    case "revoke":
      return revoke(desk, request);
    case "introspect":
      return introspect(desk, request);
    case "lookup":
      return answerLookup(desk, request);
    case "other": {
      const complaint = `${request.method} ${request.url} is no address here.`;
      const hint = "Addresses hold the values of this provider's own `fields`: connect with these.";
      return jsonAnswer(404, { error: "not_found", error_description: hint }, complaint);
    }
    case "verification":
    case "action":
    case "api":
    default:
      return answerApi(desk, request, action);
  }
}

function count({ desk, counts }: World, request: FakeRequest, answer: Answer | null): void {
  switch (request.endpoint) {
    case "authorize":
      counts.authorizations += 1;
      break;
    case "token": {
      const renews = isRenewal(desk, request);
      counts.tokenCalls += 1;
      counts.refreshCalls += renews ? 1 : 0;
      counts.refreshed += renews && answer?.isGood === true ? 1 : 0;
      break;
    }
    case "revoke":
      counts.revocations += 1;
      break;
    case "introspect":
      counts.introspections += 1;
      break;
    case "verification":
    case "action":
    case "api":
      counts.apiCalls += 1;
      counts.apiRefusals += answer?.isGood === false ? 1 : 0;
      break;
    case "lookup":
    case "other":
      break;
  }
}
