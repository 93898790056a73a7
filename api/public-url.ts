import type { Context } from "hono";
import { SetupError } from "#runtime/errors.ts";
import type { ApiEnv } from "./env.ts";
import type { ApiParts } from "./parts.ts";

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/**
 * Where browsers reach this installation, without a trailing slash. Without a setting only a loopback address is
 * taken from the request: anything else in the header Host may be somebody else's word.
 */
export function publicUrl(parts: Pick<ApiParts, "config">, context: Context<ApiEnv>): string {
  const { publicUrl: configured } = parts.config;
  if (configured !== null) {
    return configured;
  }
  const host = context.req.header("host") ?? "";
  if (!LOOPBACK.test(host)) {
    throw new SetupError(
      "Set TENON_PUBLIC_URL to where browsers reach this installation: connecting accounts needs it.",
    );
  }
  return `http://${host}`;
}
