import type { AuthMethodOf } from "./auth.ts";
import type { Field } from "./fields.ts";
import { hostPatternProblem, originOf } from "./host-problem.ts";
import { fieldsOf } from "./methods.ts";
import type { DefinitionIssue } from "./parse.ts";
import { placesOf } from "./places.ts";
import type { Connector } from "./schema.ts";

/** A pattern that ends in a written-out domain, before which there is nothing, or a label's dot. */
const ENDS_IN_DOMAIN = /^(?:|.*\\\.(\)[+*?]?)?)([a-z0-9-]+(?:\\\.[a-z0-9-]+)*\\\.[a-z]{2,})$/i;

/**
 * Endpoints that an OAuth app proves itself to, on a host that whoever fills in a field may choose. The app belongs to
 * the organization and the field to its customer: with a server of their own they would be sent the app's secret.
 */
export function appHostIssues(connector: Connector): DefinitionIssue[] {
  return connector.auth.flatMap((method, position) => {
    if (method.type !== "oauth2" || !sendsProof(method)) {
      return [];
    }
    const free = freeFields(fieldsOf(connector, method));
    return endpointsOf(method).flatMap(([name, url]) => {
      const chosen = url === undefined ? undefined : chosenBy(connector, url, free);
      return chosen === undefined
        ? []
        : [{ path: `auth.${String(position)}.${name}`, message: messageOf(chosen) }];
    });
  });
}

function messageOf(field: string): string {
  return `would be sent the OAuth app's secret wherever {${field}} says; give that field options, or a pattern that ends in the vendor's domain, as in "[a-z0-9-]+\\.example\\.com"`;
}

/** Whether what proves the app could be used by somebody else: a secret, or an assertion for another server. */
function sendsProof({ clientAuth, assertionAudience }: AuthMethodOf<"oauth2">): boolean {
  return (
    clientAuth === "basic" ||
    clientAuth === "body" ||
    (clientAuth === "private_key_jwt" && assertionAudience !== undefined)
  );
}

function endpointsOf(method: AuthMethodOf<"oauth2">): (readonly [string, string | undefined])[] {
  return [
    ["tokenUrl", method.tokenUrl],
    ["refresh.url", method.refresh.url],
    ["revokeUrl", method.revokeUrl],
    ["introspectUrl", method.introspectUrl],
  ];
}

/** Fields that take any public host. */
function freeFields(fields: Readonly<Record<string, Field>>): ReadonlySet<string> {
  const free = Object.entries(fields).filter(
    ([, { format, options, pattern }]) =>
      format === "hostname" && options === undefined && !staysWithVendor(pattern ?? ""),
  );
  return new Set(free.map(([name]) => name));
}

/** Whether a pattern takes hosts of one domain only, whatever stands before it. */
function staysWithVendor(pattern: string): boolean {
  const branches = branchesOf(pattern);
  return branches.every((branch) => {
    const [, group, domain = ""] = ENDS_IN_DOMAIN.exec(branch) ?? [];
    // A group before the domain may have a branch without the dot at its end.
    const loose = group !== undefined && branch.includes("|");
    return !loose && hostPatternProblem(`*.${domain.replaceAll("\\", "")}`) === null;
  });
}

/** The branches of a pattern: what its outermost `|` part. */
function branchesOf(pattern: string): readonly string[] {
  const branches = [""];
  let depth = 0;
  for (const [part] of pattern.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[^]/gu)) {
    depth += part === "(" ? 1 : part === ")" ? -1 : 0;
    if (part === "|" && depth === 0) {
      branches.push("");
    } else {
      branches.push((branches.pop() ?? "") + part);
    }
  }
  return branches;
}

/** The field that decides whose server a URL leads to; undefined: the definition does. */
function chosenBy(connector: Connector, url: string, free: ReadonlySet<string>): string | undefined {
  const [, authority] = originOf(url);
  // An origin that the other side names may be any of the hosts.
  const decisive = authority === "" ? connector.hosts : [authority];
  return decisive.flatMap((host) => placesOf(host)).find((place) => free.has(place));
}
