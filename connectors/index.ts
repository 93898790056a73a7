import type { ConnectorInput, Connector } from "#sdk/connector/schema.ts";
import { parseConnector } from "#sdk/connector/parse.ts";
import { connector as http } from "./http/connector.ts";
import { connector as openai } from "./openai/connector.ts";

/** The catalogue: what ships with the product, by slug. */
const CATALOGUE: ReadonlyMap<string, ConnectorInput> = new Map(
  [http, openai].map((definition) => [definition.slug, definition]),
);
/** A cache: each definition is checked once, when it is first asked for. */
const parsed = new Map<string, Connector>();

/** The built-in connector of this slug; undefined: there is none. */
export function builtInConnector(slug: string): Connector | undefined {
  const known = parsed.get(slug);
  const definition = CATALOGUE.get(slug);
  if (known !== undefined || definition === undefined) {
    return known;
  }
  const connector = parseConnector(definition);
  parsed.set(slug, connector);
  return connector;
}

/** The slugs of all built-in connectors, in alphabetical order. */
export function builtInSlugs(): readonly string[] {
  return [...CATALOGUE.keys()].sort();
}
