import type { CredentialType, CredentialTypeInput } from "#sdk/connector/credential-type.ts";
import { parseCredentialType } from "#sdk/connector/parse-credential-type.ts";
import { cloudTypes } from "./credential-types/cloud.ts";
import { databaseTypes } from "./credential-types/database.ts";
import { genericTypes } from "./credential-types/generic.ts";
import { mailTypes } from "./credential-types/mail.ts";
import { securityTypes } from "./credential-types/security.ts";
import { serviceTypes } from "./credential-types/service.ts";

/** What ships with the product, in the order in which it is offered. */
const CATALOGUE: readonly CredentialTypeInput[] = [
  ...genericTypes,
  ...cloudTypes,
  ...databaseTypes,
  ...mailTypes,
  ...securityTypes,
  ...serviceTypes,
];
/** A cache: the catalogue is checked once, when it is first asked for. */
let checked: ReadonlyMap<string, CredentialType> | undefined;

/** All built-in credential types by slug. */
export function builtInCredentialTypes(): ReadonlyMap<string, CredentialType> {
  checked ??= new Map(CATALOGUE.map((type) => [type.slug, parseCredentialType(type)]));
  return checked;
}

/** The built-in credential types that words are found in: in name, description, category or keywords. */
export function searchCredentialTypes(
  words: string,
  types: Iterable<CredentialType> = builtInCredentialTypes().values(),
): CredentialType[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return [...types].filter((type) => {
    const text = [type.slug, type.name, type.description, type.category, ...type.keywords]
      .join(" ")
      .toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
