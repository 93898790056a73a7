import { DefinitionError, parseConnector } from "#sdk/connector/parse.ts";
import type { DefinitionIssue } from "#sdk/connector/parse.ts";

/** Some parts of a definition, right or wrong. */
export type Parts = Record<string, unknown>;

/** An auth method that is right. */
export const key = { id: "key", type: "api-key", label: "Key", name: "x-key" };
/** The same with OAuth. */
export const oauth: Parts = {
  id: "oauth",
  type: "oauth2",
  label: "Sign in",
  authorizeUrl: "https://api.acme.test/authorize",
  tokenUrl: "https://api.acme.test/token",
};
/** An action that is right. */
export const action: Parts = {
  slug: "get-contact",
  name: "Get a contact",
  input: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
  http: { method: "GET", path: "/contacts/{id}" },
};
/** A definition that is right, of the least that one needs. */
export const good: Parts = {
  slug: "acme",
  name: "Acme",
  hosts: ["api.acme.test"],
  baseUrl: "https://api.acme.test",
  auth: [key],
};

/** Everything that is wrong in a good definition with these parts in it. */
export function issuesOf(parts: Parts): readonly DefinitionIssue[] {
  return issuesFrom(() => parseConnector({ ...good, ...parts }));
}

/** Everything that is wrong in what is parsed. */
export function issuesFrom(parse: () => unknown): readonly DefinitionIssue[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof DefinitionError) {
      return error.issues;
    }
    throw error;
  }
  return [];
}

/** `path message`, as the error says it. */
export function said(parts: Parts): string[] {
  return issuesOf(parts).map(({ path, message }) => `${path} ${message}`);
}

/** The parts of a definition whose only auth method is OAuth with these. */
export const withOAuth = (parts: Parts): Parts => ({ auth: [{ ...oauth, ...parts }] });
/** The parts of a definition whose only action has these, its request and the rest. */
export const withHttp = (http: Parts, more: Parts = {}): Parts => ({
  actions: [{ ...action, ...more, http: { method: "GET", path: "/contacts/{id}", ...http } }],
});
