import type { AuthMethod } from "#sdk/connector/auth.ts";
import { fieldsOf } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { Credential } from "../credential.ts";
import type { OAuthContext } from "./context.ts";

/** A credential before its first tokens: the secret fields, and what the callback brought. */
export function newCredential(
  { connector, method, fields, now = Date.now }: OAuthContext,
  callback: Readonly<Record<string, string>>,
): Credential {
  return {
    fields: secretFieldsOf(connector, method, fields),
    tokens: {},
    callback,
    token: {},
    authorizedAt: now(),
  };
}

/** The secret ones of a connection's fields. */
export function secretFieldsOf(
  connector: Connector,
  method: AuthMethod,
  fields: Readonly<Record<string, string>>,
): Record<string, string> {
  const known = fieldsOf(connector, method);
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => Object.hasOwn(known, name) && known[name]?.secret === true),
  );
}
