import { z } from "zod";
import { fields } from "./fields.ts";
import { oauth2 } from "./oauth.ts";
import { slug, template, urlTemplate } from "./text.ts";

/** Headers and query parameters that carry the credential, as templates. */
const carried = z.strictObject({
  headers: z.record(z.string().min(1).max(200), template).default({}),
  query: z.record(z.string().min(1).max(200), template).default({}),
});

/** What every auth method says. */
const common = {
  /** Names the method inside its connector: what a connection remembers. */
  id: slug,
  label: z.string().min(1).max(200),
  description: z.string().max(4_000).optional(),
  /** Where a person gets the credential. */
  help: z.string().max(2_000).optional(),
  /** What the method asks for besides the connector's own fields. */
  fields: fields.optional(),
  /** What the paths of this method's connections are below of, if not of the connector's base URL. */
  baseUrl: urlTemplate.optional(),
  /** What each request carries besides, or instead of, what the type says. */
  carry: carried.optional(),
};

/** One way to authenticate. */
export const authMethod = z.discriminatedUnion("type", [
  z.strictObject({ ...common, type: z.literal("none") }),
  /** RFC 7617. Asks for `username` and `password` unless `fields` says otherwise. */
  z.strictObject({
    ...common,
    type: z.literal("basic"),
    username: template.default("{username}"),
    password: template.default("{password}"),
  }),
  /** RFC 6750 §2.1. Asks for `token` unless `fields` says otherwise. */
  z.strictObject({ ...common, type: z.literal("bearer"), token: template.default("{token}") }),
  /** Asks for `apiKey` unless `fields` says otherwise. */
  z.strictObject({
    ...common,
    type: z.literal("api-key"),
    in: z.enum(["header", "query"]).default("header"),
    name: z.string().min(1).max(200),
    value: template.default("{apiKey}"),
  }),
  oauth2.extend(common),
  /**
   * Code that trades the fields for tokens; it runs in an isolate of its own, blind: fields are placeholders, and so
   * are the values that it asks the host to seal out of a response.
   */
  z.strictObject({
    ...common,
    type: z.literal("custom"),
    /** JavaScript module that exports `authenticate(ctx)`; see the SDK's `AuthHandler`. */
    handler: z.string().min(1).max(200_000),
    carry: carried,
    /** How long a credential lasts when the handler does not say, in seconds; 0: for ever. */
    lifetime: z.number().int().nonnegative().default(0),
    /** How long before its end it is renewed, in seconds. */
    margin: z.number().int().nonnegative().default(300),
  }),
]);

export type AuthMethod = z.output<typeof authMethod>;
export type AuthMethodOf<Type extends AuthMethod["type"]> = Extract<AuthMethod, { readonly type: Type }>;
