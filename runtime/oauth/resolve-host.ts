import { InvalidError } from "#runtime/errors.ts";
import { authMethodOf, fieldsOf } from "#sdk/connector/parse.ts";
import type { Field } from "#sdk/connector/fields.ts";
import type { Connector } from "#sdk/connector/schema.ts";

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const IS_LABEL = new RegExp(`^${LABEL}$`, "i");
// The last label is a word, which no form of an IPv4 address has there.
const IS_HOSTNAME = new RegExp(`^(?=.{1,253}$)(?:${LABEL}\\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$`, "i");
const IS_PART = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, "i");
const PLACE = /\{([^{}]*)\}/g;

/**
 * Fills the places of a host. What a person typed may stand there only when its field says which form it has: a
 * value such as `evil.com/` or `127.0.0.1#` would otherwise move the credential to somebody else's server.
 *
 * @throws InvalidError `TENON_CONNECTION_TARGET` names the field.
 */
export function fillHost(
  connector: Connector,
  template: string,
  value: (place: string) => string | undefined,
): string {
  return template
    .replace(PLACE, (all, place: string) => {
      const given = value(place) ?? "";
      const form = FORMS[hostForm(connector, place, given, isWhole(all, template))];
      if (!form.pattern.test(given)) {
        throw targetError([place], form.words);
      }
      return given;
    })
    .toLowerCase();
}

/** Whether a place is all of a host, not a part of one. */
function isWhole(place: string, template: string): boolean {
  return template.replace(/^https:\/\/|:\d+$/g, "") === place;
}

type Form = "label" | "hostname" | "part" | "none";

const FORMS: Readonly<Record<Form, { readonly pattern: RegExp; readonly words: string }>> = {
  label: {
    pattern: IS_LABEL,
    words: 'must be one part of a host name, such as "acme": letters, digits and - only',
  },
  hostname: {
    pattern: IS_HOSTNAME,
    words: 'must be a public host name such as "crm.example.com": no address, no port, no path',
  },
  part: { pattern: IS_PART, words: "must be one of its options, and they must be parts of a host name" },
  none: {
    pattern: /^(?!)/,
    words: 'stands in a host, so the connector must give the field the format "label" or "hostname"',
  },
};

/** Which form a value must have to stand in a host. */
function hostForm(connector: Connector, place: string, value: string, whole: boolean): Form {
  if (place.includes(".")) {
    // Kept from a callback or a token response: part of a name whose rest the connector says, or all of it.
    return whole ? "hostname" : "label";
  }
  const fields = fieldsNamed(connector, place);
  if (fields.some((field) => field.options?.some((option) => option.value === value) === true)) {
    return "part";
  }
  return strictest(fields);
}

function strictest(fields: readonly Field[]): Form {
  if (fields.length === 0 || fields.some((field) => field.format === undefined || field.secret)) {
    return "none";
  }
  return fields.some((field) => field.format === "label") ? "label" : "hostname";
}

/** The connector's field of that name, and those of its auth methods. */
function fieldsNamed(connector: Connector, name: string): readonly Field[] {
  return connector.auth.flatMap(({ id }) => {
    const method = authMethodOf(connector, id);
    const fields = method === undefined ? {} : fieldsOf(connector, method);
    return Object.hasOwn(fields, name) ? (fields[name] ?? []) : [];
  });
}

/** A place whose value leads where the connector does not lead. */
export function targetError(places: readonly string[], problem: string): InvalidError {
  const named = places.length === 0 ? "An address of the connector" : `The value of ${places.join(", ")}`;
  return new InvalidError(`${named} ${problem}.`, {
    code: "TENON_CONNECTION_TARGET",
    issues: places.map((path) => ({ path, message: problem })),
  });
}
