import { TenonApiError } from "#sdk/client.ts";
import type { ConnectorResource, TenonClient } from "#sdk/client.ts";
import { counted } from "./output.ts";
import type { Output } from "./output.ts";

/** What became of a definition on the server. */
export interface Published {
  readonly connector: string;
  readonly version: number;
  /** Whether there was none of this slug before. */
  readonly created: boolean;
  /** Whether it is a version that was not there before. */
  readonly changed: boolean;
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
  return {
    connector: made.slug,
    version: made.version,
    created: before === null,
    changed: before?.version !== made.version,
    actions: made.actions,
  };
}

/** Tells people what was published, and what to do next. */
export function showPublished(output: Output, published: Published): void {
  const { connector, version, created, changed, actions } = published;
  const what = `${output.paint("bold", connector)} v${String(version)}`;
  output.line(
    changed
      ? `${output.paint("green", "✔")} ${created ? "Created" : "Published"} ${what} with ${counted(actions, "action")}.`
      : `${output.paint("green", "✔")} ${what} is published already: nothing has changed.`,
  );
  output.note(`  Connect an account: tenon connections connect ${connector}`);
}
