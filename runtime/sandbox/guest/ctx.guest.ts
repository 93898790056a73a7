import type { fetch } from "./fetch.guest.ts";
import type { hmac } from "./secrets.guest.ts";
import type { AbortController, AbortSignal } from "./abort.guest.ts";
import type { sealingFetch } from "./connections.guest.ts";
import { failure } from "./failure.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { log } from "./log.guest.ts";
import { create, keys, toText } from "./primordials.guest.ts";
import type { StartPayload } from "./start.guest.ts";

let controller: AbortController | null = null;

/** Aborts `ctx.signal`: cancelled, or the time is nearly up. */
export function abortRun(reason: string): void {
  controller ??= new (lazy.abort().AbortController)();
  const { DOMException } = lazy.domException();
  const timeout = reason === "timeout";
  controller.abort(
    timeout
      ? new DOMException("The run reaches its time limit.", "TimeoutError")
      : new DOMException("The run was cancelled.", "AbortError"),
  );
}

/** The `ctx` of what runs: a workflow, or a connector's own code. */
export function makeCtx(payload: StartPayload, input: unknown): Readonly<Record<string, unknown>> {
  switch (payload.role) {
    case "action":
      return actionCtx(payload, input);
    case "handler":
      return handlerCtx(payload);
    case "workflow":
    default:
      return workflowCtx(payload, input);
  }
}

/** Of a `code` action: one connection and nothing else. */
function actionCtx({ connections }: StartPayload, input: unknown): Readonly<Record<string, unknown>> {
  const [alias = ""] = keys(connections);
  return Object.freeze({
    input,
    connection: lazy.connections().connectionHandle(alias),
    log,
    get signal() {
      return runSignal();
    },
  });
}

/** Of a custom auth handler: one connection's fields, and requests to its connector's hosts. */
function handlerCtx({ handler }: StartPayload): Readonly<Record<string, unknown>> {
  return Object.freeze({
    fields: Object.freeze(handler?.fields ?? {}),
    previous: Object.freeze(handler?.previous ?? {}),
    fetch: (...values: Parameters<typeof sealingFetch>) => lazy.connections().sealingFetch(...values),
    hmac: (...values: Parameters<typeof hmac>) => lazy.secrets().hmac(...values),
    refuse: (reason: unknown): never => {
      throw failure("TENON_CREDENTIAL_REFUSED", toText(reason));
    },
    log,
    get signal() {
      return runSignal();
    },
  });
}

function workflowCtx(payload: StartPayload, input: unknown): Readonly<Record<string, unknown>> {
  const { facts } = payload;
  return Object.freeze({
    input,
    headers: Object.freeze(payload.headers),
    run: Object.freeze(facts.run),
    environment: Object.freeze(facts.environment),
    customer: facts.customer === null ? null : Object.freeze(facts.customer),
    variables: declaredOnly("variable", payload.variables),
    secrets: declaredOnly("secret", payload.secrets),
    connections: declaredOnly("connection", handlesOf(payload.connections)),
    reveal: (name: unknown) => lazy.secrets().reveal(name),
    hmac: (...values: Parameters<typeof hmac>) => lazy.secrets().hmac(...values),
    fetch: (...values: Parameters<typeof fetch>) => lazy.fetch().fetch(...values),
    log,
    get signal() {
      return runSignal();
    },
  });
}

function runSignal(): AbortSignal {
  controller ??= new (lazy.abort().AbortController)();
  return controller.signal;
}

function handlesOf(connections: StartPayload["connections"]): Readonly<Record<string, unknown>> {
  const handles = create(null) as Record<string, unknown>;
  for (const alias of keys(connections)) {
    handles[alias] = connections[alias] === true ? lazy.connections().connectionHandle(alias) : undefined;
  }
  return handles;
}

/** A record in which a name that was not declared is an error that says what to add, not `undefined`. */
function declaredOnly(
  kind: "connection" | "secret" | "variable",
  values: Readonly<Record<string, unknown>>,
): object {
  return new Proxy(Object.freeze(Object.assign(Object.create(null) as object, values)), {
    get(target, name): unknown {
      if (typeof name === "symbol" || name in target || name === "toJSON" || name === "then") {
        return (target as Record<PropertyKey, unknown>)[name];
      }
      throw failure(
        "TENON_UNDECLARED",
        `The ${kind} ${name} is not declared. Add it to the manifest: needs: { ${kind}s: { ${name}: ${kind === "connection" ? '{ connector: "…" }' : "{}"} } }.`,
      );
    },
  });
}
