import type { AuthMethod } from "./auth.ts";
import { fieldsOf } from "./methods.ts";
import type { Connector } from "./schema.ts";

/** The names of the places of a template, in order: `["subdomain", "token.instance_url"]`. */
export function placesOf(template: string): string[] {
  return [...template.matchAll(/\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)*)\}/g)].map(
    ([, name = ""]) => name,
  );
}

/**
 * When a template is filled: before an account is authorized there is no token, and nothing was kept. `account`: when
 * a connection's account is told, which everybody may read, so that nothing secret has a place in it.
 */
export type Moment = "authorize" | "token" | "request" | "account";

/** What a method's templates can name at a moment. For a custom method `token.` may be followed by any name. */
export function knownPlaces(connector: Connector, method: AuthMethod, moment: Moment): ReadonlySet<string> {
  const fields = Object.entries(fieldsOf(connector, method))
    .filter(([, { secret }]) => moment !== "account" || !secret)
    .map(([name]) => name);
  if (method.type === "custom") {
    return new Set(moment === "account" ? fields : [...fields, "accessToken", "token.*"]);
  }
  if (method.type !== "oauth2") {
    return new Set(fields);
  }
  const early = [...fields, "app.clientId"];
  const kept = method.callback.keep.map((name) => `callback.${name}`);
  const told = Object.keys({ ...method.response.keep, ...method.lookup?.keep }).map(
    (name) => `token.${name}`,
  );
  const late = [
    ...Object.keys(method.response.sets).map((name) => `sets.${name}.accessToken`),
    "accessToken",
  ];
  return new Set(
    {
      authorize: early,
      token: [...early, ...kept],
      account: [...early, ...kept, ...told],
      request: [...early, ...kept, ...told, ...late],
    }[moment],
  );
}

/** What is wrong with the places of a template: one message for each that nothing fills. */
export function placeProblems(template: string, known: ReadonlySet<string>): string[] {
  return placesOf(template)
    .filter((place) => !known.has(place) && !(place.startsWith("token.") && known.has("token.*")))
    .map((place) => `names {${place}}, which nothing fills; ${suggestion(place, known)}`);
}

function suggestion(place: string, known: ReadonlySet<string>): string {
  const [head, name = ""] = place.split(".");
  if (head === "callback") {
    return known.has("accessToken") || [...known].some((other) => other.startsWith("callback."))
      ? `list "${name}" in callback.keep`
      : "a parameter of the callback is only known after the account was authorized";
  }
  if (head === "token") {
    return known.has("accessToken")
      ? `keep it from the token response: response.keep: { ${name}: "…" }`
      : "a part of the token response is only known after the exchange";
  }
  const names = [...known].filter((other) => other !== "token.*").map((other) => `{${other}}`);
  return names.length === 0
    ? "declare it in `fields`"
    : `declare it in \`fields\`, or use one of ${names.join(", ")}`;
}
