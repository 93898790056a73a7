import type { Action } from "../connector/action.ts";
import type { AuthMethod } from "../connector/auth.ts";
import type { Signal } from "../connector/schema.ts";
import { placesOf } from "../connector/places.ts";
import type { FakeRequest } from "./behavior.ts";
import type { Desk } from "./desk.ts";
import { fillKnown, readPlaces } from "./places.ts";
import { jsonAnswer } from "./reply.ts";
import type { Answer } from "./reply.ts";
import { writePlace } from "./write-place.ts";

/** One header or query parameter that a request must carry. */
interface Carrier {
  readonly in: "header" | "query" | "basic";
  readonly name: string;
  readonly template: string;
}

/** The API: a request with a good credential is answered, any other one as the definition's expiry signal says. */
export function answerApi(desk: Desk, request: FakeRequest, action: Action | null): Answer {
  const login = desk.behavior.login?.(request);
  const problem = login === undefined ? problemOf(desk, request) : null;
  if (problem !== null) {
    return expiredAnswer(desk, problem);
  }
  const own = login ?? desk.behavior.answer?.(request);
  if (own !== undefined) {
    const answer = jsonAnswer(own.status ?? 200, own.body ?? {});
    return { ...answer, isGood: true, headers: { ...answer.headers, ...own.headers } };
  }
  if (request.endpoint === "verification") {
    return verificationAnswer(desk);
  }
  return action === null ? jsonAnswer(200, { ok: true }) : actionAnswer(desk, action);
}

/** What the lookup after the first exchange finds. */
export function answerLookup(desk: Desk, request: FakeRequest): Answer {
  const lookup = desk.method.type === "oauth2" ? desk.method.lookup : undefined;
  const carriers = Object.entries(lookup?.headers ?? {}).map(([name, template]): Carrier => {
    return { in: "header", name, template };
  });
  if (lookup === undefined || carriers.some((carrier) => !isCarried(desk, carrier, request))) {
    return jsonAnswer(401, { error: "invalid_token" });
  }
  const body: Record<string, unknown> = {};
  for (const [name, path] of Object.entries(lookup.keep)) {
    writePlace(body, path, desk.kept.token[name]);
  }
  return jsonAnswer(200, rooted(body));
}

/** What is wrong with a request's credential; null: nothing. */
function problemOf(desk: Desk, request: FakeRequest): string | null {
  const wrong = carriersOf(desk.method, desk.connector.headers).find(
    (carrier) => !isCarried(desk, carrier, request),
  );
  return wrong === undefined
    ? null
    : `The ${wrong.in} ${wrong.name} is missing, or its credential is not good.`;
}

/** Where the credential stands: what the type says, unless `carry` puts the same values elsewhere. */
function carriersOf(method: AuthMethod, headers: Readonly<Record<string, string>>): Carrier[] {
  const listed = (where: "header" | "query", entries: Readonly<Record<string, string>> = {}): Carrier[] =>
    Object.entries(entries).map(([name, template]) => ({ in: where, name, template }));
  const extra = [...listed("header", method.carry?.headers), ...listed("query", method.carry?.query)];
  const elsewhere = new Set(extra.flatMap(({ template }) => placesOf(template)));
  const own = carriersOfType(method);
  const isReplaced = own.some(({ template }) => placesOf(template).some((place) => elsewhere.has(place)));
  const named = new Set(extra.map(({ name }) => name.toLowerCase()));
  return [
    ...listed("header", headers).filter(({ name }) => !named.has(name.toLowerCase())),
    ...(isReplaced ? [] : own),
    ...extra,
  ];
}

function carriersOfType(method: AuthMethod): Carrier[] {
  switch (method.type) {
    case "basic":
      return [{ in: "basic", name: "authorization", template: `${method.username}:${method.password}` }];
    case "bearer":
      return [{ in: "header", name: "authorization", template: `Bearer ${method.token}` }];
    case "oauth2":
      return [{ in: "header", name: "authorization", template: "Bearer {accessToken}" }];
    case "api-key":
      return [{ in: method.in, name: method.name, template: method.value }];
    case "none":
    case "custom":
    default:
      return [];
  }
}

function isCarried(desk: Desk, carrier: Carrier, request: FakeRequest): boolean {
  const text = textOf(carrier, request);
  const places = text === null ? null : readPlaces(fillKnown(carrier.template, desk.known), text);
  return places !== null && Object.entries(places).every(([place, value]) => isGood(desk, place, value));
}

function textOf(carrier: Carrier, request: FakeRequest): string | null {
  if (carrier.in === "query") {
    return request.query.get(carrier.name);
  }
  const value = request.headers[carrier.name.toLowerCase()] ?? null;
  if (carrier.in === "header" || value === null) {
    return value;
  }
  const [, encoded] = /^Basic (\S+)$/i.exec(value) ?? [];
  return encoded === undefined ? null : Buffer.from(encoded, "base64").toString();
}

/** Access tokens must be live and of their set; other places that the provider does not know only have to be there. */
function isGood(desk: Desk, place: string, value: string): boolean {
  const [, set = "main"] = /^sets\.(\w+)\.accessToken$/.exec(place) ?? [];
  return place === "accessToken" || set !== "main"
    ? desk.ledger.liveAccess(value)?.set === set
    : value !== "";
}

/** The first of the definition's expiry signals. */
function expiredAnswer(desk: Desk, problem: string): Answer {
  const [signal = { status: [401] }] = desk.connector.expired;
  const body: Record<string, unknown> = {};
  if (signal.path !== undefined) {
    writePlace(body, signal.path, signal.equals ?? "expired");
  }
  const { verification } = desk.connector;
  if (verification?.reason !== undefined) {
    writePlace(body, verification.reason, problem);
  }
  writePlace(body, "error", problem);
  const answer = jsonAnswer(signal.status?.[0] ?? 200, body);
  return { ...answer, isGood: false, headers: { ...answer.headers, ...signal.headers } };
}

function verificationAnswer(desk: Desk): Answer {
  const body: Record<string, unknown> = {};
  const { verification } = desk.connector;
  const { account, failed = [] } = verification ?? {};
  for (const [place, value] of [
    [account?.id, desk.account.id],
    [account?.name, desk.account.name],
  ]) {
    if (place !== undefined && !place.includes("{")) {
      writePlace(body, place, value);
    }
  }
  for (const signal of [...failed, ...desk.connector.failed, ...desk.connector.expired]) {
    deny(body, signal);
  }
  return jsonAnswer(200, rooted(body));
}

/** A place that begins with a position reads a list. */
function rooted(body: Record<string, unknown>): unknown {
  return Object.keys(body).every((name) => name === "0") && "0" in body ? [body["0"]] : body;
}

/** Makes a body that the signal does not fit: `ok: false` means no, so `ok: true` is said. */
function deny(body: Record<string, unknown>, signal: Signal): void {
  const opposite = { false: true, true: false }[signal.equals ?? ""];
  if (signal.path !== undefined && opposite !== undefined) {
    writePlace(body, signal.path, opposite);
  }
}

function actionAnswer(desk: Desk, action: Action): Answer {
  const body: Record<string, unknown> = {};
  for (const signal of desk.connector.failed) {
    deny(body, signal);
  }
  const { result, pagination } = action.http ?? {};
  const items = pagination?.items ?? (pagination === undefined ? undefined : result);
  if (items !== undefined) {
    writePlace(body, items, [{ id: "1" }, { id: "2" }]);
  } else if (pagination !== undefined) {
    return jsonAnswer(200, [{ id: "1" }, { id: "2" }]);
  }
  if (result !== undefined) {
    writePlace(body, result, { id: "1" });
  }
  writePlace(body, "ok", true);
  return jsonAnswer(200, body);
}
