import { readFileSync } from "node:fs";
import { z } from "zod";
import { builtInSlugs } from "#connectors/index.ts";
import { SetupError } from "#runtime/errors.ts";
import { appCredential } from "./app-credential.ts";
import type { OAuthApp } from "./credential.ts";

/** The OAuth apps that the operator offers to every organization, by the slug of a built-in connector. */
export type ManagedApps = ReadonlyMap<string, OAuthApp>;

const apps = z.record(z.string(), appCredential.extend({ clientId: z.string().min(1).max(2_000) }));

/**
 * Reads the operator's apps: a JSON object such as `{ "acme-crm": { "clientId": "…", "clientSecret": "…" } }`.
 *
 * @param file - The setting TENON_OAUTH_APPS; null: there are none.
 * @throws SetupError that names the setting and what is wrong. It never shows a value.
 */
export function readManagedApps(file: string | null): ManagedApps {
  if (file === null) {
    return new Map();
  }
  const parsed = apps.safeParse(readJson(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unreadable"}`);
  }
  const known = new Set(builtInSlugs());
  return new Map(
    Object.entries(parsed.data).map(([slug, { clientId, ...secrets }]) => {
      // An organization's own connector says itself where the client's secret goes.
      if (!known.has(slug)) {
        throw wrong(file, `"${slug}" is no built-in connector; only those can have an app of the operator`);
      }
      return [slug, appOf(null, clientId, secrets)];
    }),
  );
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw wrong(file, `it cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw wrong(file, "it is not JSON");
  }
}

function wrong(file: string, what: string): SetupError {
  return new SetupError(`The setting TENON_OAUTH_APPS (${file}) is wrong: ${what}.`);
}

/** An app with every secret that it has or has not. */
export function appOf(
  id: string | null,
  clientId: string,
  secrets: z.output<typeof appCredential>,
): OAuthApp {
  return {
    id,
    clientId,
    clientSecret: secrets.clientSecret ?? null,
    privateKey: secrets.privateKey ?? null,
    keyId: secrets.keyId ?? null,
    certificate: secrets.certificate ?? null,
    certificateKey: secrets.certificateKey ?? null,
  };
}
