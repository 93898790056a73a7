import { TenonApiError } from "#sdk/client.ts";
import type { ConnectorResource, TenonClient } from "#sdk/client.ts";
import type { Output } from "./output.ts";

/** What became of a definition on the server. */
export interface Published {
  readonly connector: string;
  readonly version: number;
  /** Whether there was none of this slug before. */
  readonly created: boolean;
  readonly actions: number;
}

/** Creates a connector; publishes a new version of one that is there. */
export async function publishConnector(
  client: TenonClient,
  slug: string,
  definition: object,
  options: { readonly acceptBreaking?: boolean },
): Promise<Published> {
  const before = await client.connectors.get(slug).catch((error: unknown) => {
    if (error instanceof TenonApiError && error.status === 404) {
      return null;
    }
    throw error;
  });
  const made: ConnectorResource =
    before === null
      ? await client.connectors.create(definition)
      : await client.connectors.update(slug, {
          definition,
          ...(options.acceptBreaking === true ? { acceptBreaking: true } : {}),
        });
  return { connector: made.slug, version: made.version, created: before === null, actions: made.actions };
}

/** Tells people what was published, and what to do next. */
export function showPublished(output: Output, { connector, version, created, actions }: Published): void {
  const done = created ? "Created" : "Published";
  output.line(
    `${output.paint("green", "✔")} ${done} ${output.paint("bold", connector)} v${String(version)} with ${String(actions)} actions.`,
  );
  output.note(`  Connect an account: tenon connections connect ${connector}`);
}
