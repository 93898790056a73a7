/** Every permission of an API key, as `resource:action`. `manage` includes `read`. */
export const SCOPES = [
  "organization:read",
  "organization:manage",
  "environments:read",
  "environments:manage",
  "variables:read",
  "variables:manage",
  "secrets:read",
  "secrets:manage",
  "customers:read",
  "customers:manage",
  "connectors:read",
  "connectors:manage",
  "oauth-apps:read",
  "oauth-apps:manage",
  "connections:read",
  "connections:manage",
  "connections:execute",
  "api-keys:read",
  "api-keys:manage",
  "audit:read",
  "audit:manage",
  "workflows:read",
  "workflows:create",
  "workflows:update",
  "workflows:delete",
  "workflows:execute",
  "workflows:deploy_test",
  "workflows:deploy_prod",
  "runs:read",
  "runs:cancel",
  "connect-sessions:read",
  "connect-sessions:manage",
  "webhooks:read",
  "webhooks:manage",
  "events:read",
] as const;

/** One permission. */
export type Scope = (typeof SCOPES)[number];

/** What a key may be granted: single permissions, or all of them, present and future. */
export const GRANTS = ["*", ...SCOPES] as const;

/** One entry of a key's scopes. */
export type Grant = (typeof GRANTS)[number];

/** Whether the grants cover the wanted one. */
export function allows(grants: readonly Grant[], wanted: Grant): boolean {
  return (
    grants.includes("*") ||
    grants.includes(wanted) ||
    (wanted.endsWith(":read") &&
      grants.some((grant) => grant === `${wanted.slice(0, -":read".length)}:manage`))
  );
}
