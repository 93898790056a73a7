import type { AuthMethod } from "./auth.ts";
import type { Field } from "./fields.ts";
import { originOf } from "./host-problem.ts";
import { placesOf } from "./places.ts";
import { fieldsOf } from "./methods.ts";
import type { DefinitionIssue } from "./parse.ts";
import type { Connector } from "./schema.ts";

/** What is wrong with where requests may go: places in hosts, and URLs that `hosts` does not cover. */
export function hostIssues(connector: Connector): DefinitionIssue[] {
  return [
    ...connector.hosts.flatMap((host, position) =>
      patternIssues(connector, host, `hosts.${String(position)}`),
    ),
    ...urlsOf(connector).flatMap(({ path, url, fields }) => urlIssues(connector, url, path, fields)),
  ];
}

interface PlacedUrl {
  readonly path: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, Field>>;
}

/** Every URL of the definition, with the fields that may stand in it. */
function urlsOf(connector: Connector): PlacedUrl[] {
  const everyField = Object.assign({}, ...connector.auth.map((method) => fieldsOf(connector, method)));
  const shared = [
    ["baseUrl", connector.baseUrl] as const,
    ["verification.baseUrl", connector.verification?.baseUrl] as const,
    ...connector.actions.map(
      ({ http }, position) => [`actions.${String(position)}.http.baseUrl`, http?.baseUrl] as const,
    ),
  ];
  return [
    ...given(shared, everyField),
    ...connector.auth.flatMap((method, position) =>
      given(methodUrls(method, `auth.${String(position)}`), fieldsOf(connector, method)),
    ),
  ];
}

function methodUrls(method: AuthMethod, place: string): (readonly [string, string | undefined])[] {
  const own = [[`${place}.baseUrl`, method.baseUrl] as const];
  return method.type !== "oauth2"
    ? own
    : [
        ...own,
        [`${place}.authorizeUrl`, method.authorizeUrl],
        [`${place}.tokenUrl`, method.tokenUrl],
        [`${place}.refresh.url`, method.refresh.url],
        [`${place}.revokeUrl`, method.revokeUrl],
        [`${place}.introspectUrl`, method.introspectUrl],
        [`${place}.lookup.url`, method.lookup?.url],
      ];
}

function given(
  urls: readonly (readonly [string, string | undefined])[],
  fields: Readonly<Record<string, Field>>,
): PlacedUrl[] {
  return urls.flatMap(([path, url]) => (url === undefined ? [] : [{ path, url, fields }]));
}

/** A host pattern's places are fields of every connection, of a form that cannot change whose host it is. */
function patternIssues(connector: Connector, host: string, path: string): DefinitionIssue[] {
  return placesOf(host).flatMap((place) => {
    if (place.includes(".")) {
      // What the other side sends may choose a server of the vendor's domain, which stands after it in any case.
      return host === `{${place}}`
        ? [
            {
              path,
              message: `must not be {${place}} alone, which the other side sends; list the hosts that it may be`,
            },
          ]
        : [];
    }
    const holders = connector.auth.flatMap((method) => fieldsOf(connector, method)[place] ?? []);
    if (holders.length === 0) {
      return [{ path, message: `names {${place}}, which is no field; declare it in \`fields\`` }];
    }
    return holders.flatMap((field) => formatIssue(field, place, path)).slice(0, 1);
  });
}

function urlIssues(
  connector: Connector,
  url: string,
  path: string,
  fields: Readonly<Record<string, Field>>,
): DefinitionIssue[] {
  const [origin, authority] = originOf(url);
  const wholly = /^\{([A-Za-z0-9_.-]+)\}/.exec(url)?.[1];
  if (wholly !== undefined) {
    return originPlaceIssues(connector, wholly, path);
  }
  const issues = placesOf(authority).flatMap((place) =>
    place.includes(".") ? [] : formatIssue(fields[place], place, path),
  );
  if (issues.length > 0) {
    return issues;
  }
  return connector.hosts.some((host) => covers(host, origin, authority))
    ? []
    : [
        {
          path,
          message: `goes to ${origin}, which \`hosts\` does not list; add "${patternOf(origin, authority)}"`,
        },
      ];
}

/** `{token.instance_url}/…`: the other side names the origin, so what it may be must be listed. */
function originPlaceIssues(connector: Connector, place: string, path: string): DefinitionIssue[] {
  if (!place.includes(".")) {
    return [
      {
        path,
        message: `must not take its whole origin from the field {${place}}; write "https://{${place}}" and give the field the format hostname`,
      },
    ];
  }
  return connector.hosts.some((host) => placesOf(host).length === 0)
    ? []
    : [
        {
          path,
          message: `takes its origin from {${place}}; list in \`hosts\` what it may be, as in "*.example.com"`,
        },
      ];
}

function formatIssue(field: Field | undefined, place: string, path: string): DefinitionIssue[] {
  return field === undefined || field.format !== undefined
    ? []
    : [
        {
          path,
          message: `has {${place}} inside its host, where any text could change whose host it is; give the field the format "label" or "hostname"`,
        },
      ];
}

function patternOf(origin: string, authority: string): string {
  return origin.startsWith("http://") ? origin : authority;
}

/** Whether a host pattern allows a URL's origin; both may be templates. */
function covers(host: string, origin: string, authority: string): boolean {
  if (origin.startsWith("http://")) {
    return host === origin;
  }
  const wanted = withoutPort(authority.toLowerCase());
  const pattern = withoutPort(host.replace(/^https:\/\//i, "").toLowerCase());
  if (!pattern.startsWith("*.")) {
    return pattern === wanted;
  }
  return wanted.endsWith(pattern.slice(1)) && wanted.length > pattern.length - 1;
}

function withoutPort(authority: string): string {
  return authority.replace(/:443$/, "");
}
