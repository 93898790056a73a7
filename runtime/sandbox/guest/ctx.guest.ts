import type { fetch } from "./fetch.guest.ts";
import type { hmac } from "./secrets.guest.ts";
import type { AbortController } from "./abort.guest.ts";
import { failure } from "./failure.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { log } from "./log.guest.ts";
import type { StartPayload } from "./start.guest.ts";

let controller: AbortController | null = null;

/** Aborts `ctx.signal`: cancelled, or the time is nearly up. */
export function abortRun(reason: string): void {
  controller ??= new (lazy.abort().AbortController)();
  const { DOMException } = lazy.abort();
  const timeout = reason === "timeout";
  controller.abort(
    timeout
      ? new DOMException("The run reaches its time limit.", "TimeoutError")
      : new DOMException("The run was cancelled.", "AbortError"),
  );
}

/** The `ctx` of one run. */
export function makeCtx(payload: StartPayload, input: unknown): Readonly<Record<string, unknown>> {
  const { facts } = payload;
  return Object.freeze({
    input,
    headers: Object.freeze(payload.headers),
    run: Object.freeze(facts.run),
    environment: Object.freeze(facts.environment),
    customer: facts.customer === null ? null : Object.freeze(facts.customer),
    variables: declaredOnly("variable", payload.variables),
    secrets: declaredOnly("secret", payload.secrets),
    reveal: (name: unknown) => lazy.secrets().reveal(name),
    hmac: (...values: Parameters<typeof hmac>) => lazy.secrets().hmac(...values),
    fetch: (...values: Parameters<typeof fetch>) => lazy.fetch().fetch(...values),
    log,
    get signal() {
      controller ??= new (lazy.abort().AbortController)();
      return controller.signal;
    },
  });
}

/** A record in which a name that was not declared is an error that says what to add, not `undefined`. */
function declaredOnly(kind: "secret" | "variable", values: Readonly<Record<string, string>>): object {
  return new Proxy(Object.freeze(Object.assign(Object.create(null) as object, values)), {
    get(target, name): unknown {
      if (typeof name === "symbol" || name in target || name === "toJSON" || name === "then") {
        return (target as Record<PropertyKey, unknown>)[name];
      }
      throw failure(
        "TENON_UNDECLARED",
        `The ${kind} ${name} is not declared. Add it to the manifest: needs: { ${kind}s: { ${name}: {} } }.`,
      );
    },
  });
}
