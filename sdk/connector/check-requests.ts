import type { DefinitionIssue } from "./parse.ts";
import type { Connector, Signal } from "./schema.ts";

/** RFC 9110 §5.6.2: what the name of a header is made of. */
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** Headers that frame a request: they belong to whoever sends it. */
const FRAMING = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What is wrong with how requests are written and answers are read, wherever a definition says it. */
export function requestIssues(connector: Connector): DefinitionIssue[] {
  const { verification, policy, expired } = connector;
  return [
    ...headersIn(connector).flatMap(({ path, headers }) => headerIssues(headers, path)),
    ...(verification?.body !== undefined && verification.method !== "POST"
      ? [
          {
            path: "verification.body",
            message: `has no use with ${verification.method}; set verification.method to POST`,
          },
        ]
      : []),
    ...signalIssues(expired, "expired"),
    ...signalIssues(connector.failed, "failed"),
    ...signalIssues(policy.retry.limited, "policy.retry.limited"),
    ...signalIssues(verification?.failed ?? [], "verification.failed"),
  ];
}

interface PlacedHeaders {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

function headersIn(connector: Connector): PlacedHeaders[] {
  return [
    { path: "headers", headers: connector.headers },
    { path: "verification.headers", headers: connector.verification?.headers ?? {} },
    ...connector.auth.flatMap((method, position) => {
      const place = `auth.${String(position)}`;
      return [
        { path: `${place}.carry.headers`, headers: method.carry?.headers ?? {} },
        ...(method.type === "api-key" && method.in === "header"
          ? [{ path: place, headers: { [method.name]: "" } }]
          : []),
        ...(method.type === "oauth2"
          ? [
              { path: `${place}.request.headers`, headers: method.request.headers },
              { path: `${place}.refresh.request.headers`, headers: method.refresh.request?.headers ?? {} },
              { path: `${place}.revokeRequest.headers`, headers: method.revokeRequest?.headers ?? {} },
              { path: `${place}.lookup.headers`, headers: method.lookup?.headers ?? {} },
            ]
          : []),
      ];
    }),
    ...connector.actions.map(({ http }, position) => ({
      path: `actions.${String(position)}.http.headers`,
      headers: http?.headers ?? {},
    })),
  ];
}

/** What is wrong with headers that are sent. */
export function headerIssues(headers: Readonly<Record<string, string>>, path: string): DefinitionIssue[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const problem = headerProblem(name, value);
    return problem === null ? [] : [{ path: `${path}.${name}`, message: problem }];
  });
}

function headerProblem(name: string, value: string): string | null {
  if (!TOKEN.test(name)) {
    return "is no name of a header: letters, digits and - (RFC 9110 §5.1)";
  }
  if (FRAMING.has(name.toLowerCase())) {
    return "is set by whoever sends the request; remove it";
  }
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)
    ? "must not hold control characters such as line breaks"
    : null;
}

function signalIssues(signals: readonly Signal[], place: string): DefinitionIssue[] {
  return signals.flatMap((signal, position) => {
    const path = `${place}.${String(position)}`;
    if (signal.equals !== undefined && signal.path === undefined) {
      return [{ path: `${path}.equals`, message: "says what, but not where; add path" }];
    }
    return (signal.status?.length ?? 0) === 0 && signal.path === undefined && noHeaders(signal)
      ? [{ path, message: "would match every answer; give it a status, headers or a path" }]
      : [];
  });
}

function noHeaders({ headers }: Signal): boolean {
  return headers === undefined || Object.keys(headers).length === 0;
}
