import { InvalidError } from "#runtime/errors.ts";
import type { ConnectorCatalogue } from "#runtime/oauth/catalogue.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import { authMethodOf } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";

/** A connector and one of its auth methods. */
export interface ConnectorMethod {
  readonly connector: Connector;
  readonly method: AuthMethod;
}

/** The connector with the method that a request names, or its default. @throws NotFoundError, InvalidError */
export async function loadMethod(
  catalogue: ConnectorCatalogue,
  named: {
    readonly organizationId: string;
    readonly connector: string;
    readonly method?: string | undefined;
  },
): Promise<ConnectorMethod> {
  const { connector } = await catalogue.load(named.organizationId, named.connector);
  return { connector, method: requireMethod(connector, named.method) };
}

/** The method of that id, or the connector's default. @throws InvalidError */
export function requireMethod(connector: Connector, id: string | undefined): AuthMethod {
  const method = authMethodOf(connector, id);
  if (method === undefined) {
    const ids = connector.auth.map((one) => one.id).join(", ");
    const message = `is not an auth method of "${connector.slug}"; there are ${ids}`;
    throw new InvalidError(`"method" ${message}.`, { issues: [{ path: "method", message }] });
  }
  return method;
}

/** Whether a person has to go to the provider's page for it: nothing can be pasted. */
export function needsConsent(method: AuthMethod): boolean {
  return method.type === "oauth2" && method.grant === "authorization_code";
}
