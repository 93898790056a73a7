import { ForbiddenError } from "#runtime/errors.ts";
import type { Caller } from "../caller.ts";
import { allows } from "../scopes.ts";
import type { Scope } from "../scopes.ts";

/** Refuses a key that was granted none of the scopes. */
export function requireScope(caller: Caller, scope: Scope | readonly Scope[]): void {
  const wanted = [scope].flat();
  if (!wanted.some((one) => allows(caller.scopes, one))) {
    throw new ForbiddenError(`This API key lacks the scope ${wanted.join(" or ")}; use a key that has it.`);
  }
}

/** Refuses a test key whatever touches production: the one thing that a leaked test key can not do. */
export function requireReach(
  caller: Caller,
  touches: { readonly production: boolean; readonly what: string },
): void {
  if (touches.production && caller.kind === "test") {
    throw new ForbiddenError(
      `A test key does not reach production, and ${touches.what}; use a live key.`,
      "TENON_TEST_KEY",
    );
  }
}
