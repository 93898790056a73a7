import type { ConnectorInput } from "./schema.ts";

/**
 * Describes a third-party API once, for everybody: how to authenticate, where requests may go, what can be done.
 * It is data; nothing of it runs but `handler` of a custom auth method and `code` of an action, each in an isolate.
 *
 * @example
 * ```ts
 * import { defineConnector } from "tenon";
 *
 * export default defineConnector({
 *   slug: "acme-crm",
 *   name: "Acme CRM",
 *   hosts: ["api.acme.example"],
 *   baseUrl: "https://api.acme.example/v1",
 *   auth: [{ id: "api-key", type: "api-key", label: "API key", name: "X-Api-Key" }],
 *   verification: { path: "/me" },
 *   actions: [
 *     { slug: "get-contact", name: "Get a contact", http: { method: "GET", path: "/contacts/{contactId}" } },
 *   ],
 * });
 * ```
 */
export function defineConnector<const Definition extends ConnectorInput>(definition: Definition): Definition {
  return definition;
}
