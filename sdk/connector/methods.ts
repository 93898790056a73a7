import type { AuthMethod } from "./auth.ts";
import { field } from "./fields.ts";
import type { Field } from "./fields.ts";
import type { Connector } from "./schema.ts";

const password = (label: string): Field => field.parse({ label, type: "password" });

/** What a method asks for when it does not say it itself. */
const DEFAULT_FIELDS: Readonly<Record<AuthMethod["type"], Readonly<Record<string, Field>>>> = {
  none: {},
  basic: { username: field.parse({ label: "User name" }), password: password("Password") },
  bearer: { token: password("Token") },
  "api-key": { apiKey: password("API key") },
  oauth2: {},
  custom: {},
};

/** Everything that a connection of this method is asked for: the connector's fields, then the method's own. */
export function fieldsOf(connector: Connector, method: AuthMethod): Readonly<Record<string, Field>> {
  return { ...connector.fields, ...(method.fields ?? DEFAULT_FIELDS[method.type]) };
}

/** The method by its id; without one, the connector's default. Undefined: there is none of that name. */
export function authMethodOf(connector: Connector, id?: string): AuthMethod | undefined {
  const wanted = id ?? connector.defaultAuth ?? connector.auth[0]?.id;
  return connector.auth.find((method) => method.id === wanted);
}
