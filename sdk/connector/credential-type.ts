import { z } from "zod";
import { fields } from "./fields.ts";
import { hostTemplate, slug, template, webPage } from "./text.ts";

/** The shelves of the catalogue of credential types. */
export const CREDENTIAL_CATEGORIES = [
  "generic",
  "cloud",
  "database",
  "email",
  "files",
  "messaging",
  "security",
  "observability",
  "developer-tools",
  "payments",
  "ai",
  "other",
] as const;

const templates = z.record(z.string().min(1).max(200), template).default({});

/** A template of credentials: which fields a person fills in, and how requests carry them. */
export const credentialType = z.strictObject({
  slug,
  name: z.string().min(1).max(200),
  category: z.enum(CREDENTIAL_CATEGORIES).default("other"),
  description: z.string().max(4_000).default(""),
  /** Words besides the name that a search finds it by. */
  keywords: z.array(z.string().min(1).max(100)).max(50).default([]),
  /** Where a person reads how to get one. */
  docs: webPage.optional(),
  fields,
  /** How a request carries it; without it, code reads the plain fields and signs with the secret ones. */
  carry: z
    .strictObject({
      headers: templates,
      query: templates,
      /** RFC 7617: the header Authorization from a user name and a password. */
      basic: z.strictObject({ username: template, password: template }).optional(),
    })
    .optional(),
  /** Where it may travel: hosts, or a field that names one, as `{host}`. */
  hosts: z.array(hostTemplate).max(100).default([]),
});

/** A credential type as authors write it. */
export type CredentialTypeInput = z.input<typeof credentialType>;
export type CredentialType = z.output<typeof credentialType>;
