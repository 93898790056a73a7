import path from "node:path";
import { bundleWorkflow } from "#sdk/bundle.ts";
import type { WorkflowBundle } from "#sdk/bundle.ts";
import { TenonApiError } from "#sdk/client.ts";
import type { Deployment, TenonClient, Version, WorkflowResource } from "#sdk/client.ts";
import { describeBundle } from "./describe.ts";
import type { LocalDescription } from "./describe.ts";
import { CliError } from "./exit.ts";
import { compareNeeds } from "./needs.ts";
import type { NeedChange } from "./needs.ts";

/** A file, built and ready to be sent. */
export interface Built {
  readonly entry: string;
  readonly slug: string;
  readonly bundle: WorkflowBundle;
  readonly local: LocalDescription | null;
}

/** What a deployment did. */
export interface Deployed {
  readonly workflow: string;
  readonly environment: string;
  readonly version: number;
  readonly hash: string;
  /** False: the same content was already this version. */
  readonly published: boolean;
  /** False: this version was already live there. */
  readonly deployed: boolean;
  readonly previousVersion: number | null;
  readonly needs: readonly NeedChange[];
  /** Declared needs that the environment does not have yet: runs fail until it does. */
  readonly missing: {
    readonly secrets: readonly string[];
    readonly variables: readonly string[];
    /** Slugs of connectors that nobody has connected there. */
    readonly connections: readonly string[];
    /** Slugs of connectors that customers have to connect, and none has there. */
    readonly customerConnections: readonly string[];
  };
}

/** In bytes: what the server accepts. */
const LARGEST_BUNDLE = 5 * 1024 * 1024;

/** Builds a file for deployment. @throws BundleError; CliError for a bundle that no server accepts */
export async function buildEntry(entry: string): Promise<Built> {
  return prepare(entry, await bundleWorkflow({ entry }));
}

/** Names what was built: by its manifest's slug, else by its file. */
export function prepare(entry: string, bundle: WorkflowBundle): Built {
  const bytes = Buffer.byteLength(bundle.code);
  if (bytes > LARGEST_BUNDLE) {
    throw new CliError(`The bundle of ${entry} has ${(bytes / 1e6).toFixed(1)} MB; the limit is 5 MB.`, {
      code: "TENON_TOO_LARGE",
      hint: "Which package makes it large? Look at the sources of its map, and import less of them.",
    });
  }
  const local = describeBundle(bundle.code);
  return { entry, bundle, local, slug: local?.slug ?? slugOf(entry) };
}

function slugOf(entry: string): string {
  const slug = path
    .basename(entry)
    .replace(/\.[^.]+$/, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  if (slug === "") {
    throw new CliError(`No slug can be made of the file name ${entry}.`, {
      hint: 'Give one: defineWorkflow({ slug: "…" }, …)',
    });
  }
  return slug;
}

/** Publishes what was built and puts it live, creating the workflow when this is its first time. */
export async function deploy(client: TenonClient, built: Built, environment: string): Promise<Deployed> {
  const { latestVersion } = await ensureWorkflow(client, built.slug);
  const live = await liveDeployment(client, built.slug, environment);
  const version = await client.versions.publish(built.slug, {
    bundle: built.bundle.code,
    sourceMap: built.bundle.sourceMap,
  });
  const isLive = live?.version === version.number;
  if (!isLive) {
    await client.deployments.create(built.slug, { environment, version: version.number });
  }
  const before = await manifestBefore(client, built.slug, live, version);
  return {
    workflow: built.slug,
    environment,
    version: version.number,
    hash: version.hash,
    published: latestVersion === null || version.number > latestVersion,
    deployed: !isLive,
    previousVersion: isLive ? null : (live?.version ?? null),
    needs: isLive ? [] : compareNeeds(before, version.manifest.needs),
    missing: await missingNeeds(client, environment, version.manifest.needs),
  };
}

async function ensureWorkflow(client: TenonClient, slug: string): Promise<WorkflowResource> {
  try {
    return await client.workflows.get(slug);
  } catch (error) {
    if (!(error instanceof TenonApiError) || error.status !== 404) {
      throw error;
    }
    return client.workflows.create({ slug });
  }
}

/** The deployment that is live; null where nothing is, or where the workflow does not exist yet. */
export async function liveDeployment(
  client: TenonClient,
  workflow: string,
  environment: string,
): Promise<Deployment | null> {
  return (await client.deployments.list({ workflow, environment, live: true, limit: 1 })).data[0] ?? null;
}

async function manifestBefore(
  client: TenonClient,
  slug: string,
  live: Deployment | null,
  version: Version,
): Promise<Version["manifest"]["needs"] | null> {
  return live === null || live.version === version.number
    ? null
    : (await client.versions.get(slug, live.version)).manifest.needs;
}

/** What a key may not read it cannot check: then nothing is said about it. */
async function missingNeeds(
  client: TenonClient,
  environment: string,
  needs: Version["manifest"]["needs"],
): Promise<Deployed["missing"]> {
  const missing = async (
    names: readonly string[],
    exists: (name: string) => Promise<unknown>,
  ): Promise<string[]> => {
    const found = await Promise.all(
      names.map((name) =>
        exists(name).then(
          () => null,
          (error: unknown) => (isAbsent(error) ? name : null),
        ),
      ),
    );
    return found.filter((name) => name !== null);
  };
  return {
    secrets: await missing(Object.keys(needs.secrets), (name) => client.secrets.get(environment, name)),
    variables: await missing(Object.keys(needs.variables), (name) => client.variables.get(environment, name)),
    connections: await missingConnections(client, environment, needs, false),
    customerConnections: await missingConnections(client, environment, needs, true),
  };
}

async function missingConnections(
  client: TenonClient,
  environment: string,
  { connections = {} }: Version["manifest"]["needs"],
  ofCustomers: boolean,
): Promise<string[]> {
  const needed = Object.values(connections).filter(
    ({ optional, owner }) => !optional && (owner === "customer") === ofCustomers,
  );
  const slugs = [...new Set(needed.map(({ connector }) => connector))];
  const owner = ofCustomers ? ({ owner: "customer" } as const) : {};
  const found = await Promise.all(
    slugs.map((connector) =>
      client.connections.list({ environment, connector, limit: 1, ...owner }).then(
        ({ data }) => (data.length === 0 ? connector : null),
        () => null,
      ),
    ),
  );
  return found.filter((slug) => slug !== null);
}

function isAbsent(error: unknown): boolean {
  return error instanceof TenonApiError && error.status === 404;
}
