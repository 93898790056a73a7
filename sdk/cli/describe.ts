import { runInNewContext } from "node:vm";
import type { VersionManifest } from "#sdk/client.ts";

/** What a bundle says of itself, as far as it can be known without a server. */
export interface LocalDescription {
  readonly slug: string | null;
  readonly tier: string;
  readonly needs: VersionManifest["needs"];
}

/** Code that goes on for longer than this while it is loaded would not be published either. */
const TIMEOUT_MS = 5_000;

/**
 * Loads the author's own bundle on the author's own machine, as a test of theirs would, to learn its slug
 * and needs before it is sent. Null when it does not load here: the server then says why.
 */
export function describeBundle(code: string): LocalDescription | null {
  try {
    const found: unknown = runInNewContext(`${code};__tenonWorkflow.default`, webPlatform(), {
      timeout: TIMEOUT_MS,
    });
    const options = isRecord(found) && isRecord(found.options) ? found.options : {};
    const needs = isRecord(options.needs) ? options.needs : {};
    return {
      slug: typeof options.slug === "string" ? options.slug : null,
      tier: typeof options.tier === "string" ? options.tier : "standard",
      needs: {
        secrets: Object.fromEntries(
          Object.entries(record(needs.secrets)).map(([name, need]) => [
            name,
            { reveal: record(need).reveal === true },
          ]),
        ),
        variables: Object.fromEntries(Object.keys(record(needs.variables)).map((name) => [name, {}])),
        connections: Object.fromEntries(
          Object.entries(record(needs.connections)).map(([name, need]) => [
            name,
            connectionNeed(record(need)),
          ]),
        ),
        egress: Array.isArray(needs.egress) ? needs.egress.map(String) : [],
      },
    };
  } catch {
    return null;
  }
}

// What packages may touch while they are loaded.
const GLOBALS = [
  "URL",
  "URLSearchParams",
  "TextEncoder",
  "TextDecoder",
  "Headers",
  "Request",
  "Response",
  "Blob",
  "FormData",
  "AbortController",
  "AbortSignal",
  "ReadableStream",
  "WritableStream",
  "TransformStream",
  "Event",
  "EventTarget",
  "crypto",
  "atob",
  "btoa",
  "structuredClone",
  "queueMicrotask",
  "setTimeout",
  "clearTimeout",
] as const;

function webPlatform(): Record<string, unknown> {
  const silent = (): void => undefined;
  return {
    ...Object.fromEntries(GLOBALS.map((name) => [name, Reflect.get(globalThis, name) as unknown])),
    fetch: () => Promise.reject(new Error("Nothing is fetched while a workflow is loaded.")),
    console: { debug: silent, log: silent, info: silent, warn: silent, error: silent },
  };
}

function connectionNeed(
  need: Record<string, unknown>,
): NonNullable<VersionManifest["needs"]["connections"]>[string] {
  const { owner } = need;
  return {
    connector: String(need.connector),
    ...(owner === "customer" || owner === "organization" ? { owner } : {}),
    optional: need.optional === true,
  };
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
