import type { FieldIssue } from "#runtime/errors.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import { fieldsOf } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { ConnectorUse, UsingConnection } from "./connector-use.ts";

/** How many users an issue names. */
const NAMED = 5;

/**
 * What a new definition would break for those who use the one before: a method, host, field or action that is gone
 * or means something else. Empty: nothing that anybody uses.
 */
export function breakingChanges(before: Connector, after: Connector, use: ConnectorUse): FieldIssue[] {
  const live = use.connections.filter(({ disconnected }) => !disconnected);
  const users = [
    ...live.map(({ name }) => `the connection "${name.slice(0, 60)}"`),
    ...use.workflows.map(
      ({ workflow, environment }) => `the workflow ${workflow.slug} in ${environment.slug}`,
    ),
  ];
  return [
    ...goneHosts(before, after).map((host) => issue("hosts", `"${host}" is gone`, users)),
    ...before.auth.flatMap((method) => brokenMethod(before, after, method, live)),
    ...(use.workflows.length === 0 ? [] : goneActions(before, after, users)),
  ].filter((found) => found !== null);
}

function issue(path: string, what: string, users: readonly string[]): FieldIssue | null {
  if (users.length === 0) {
    return null;
  }
  const more = users.length > NAMED ? ` and ${String(users.length - NAMED)} more` : "";
  return { path, message: `${what}, and used by ${users.slice(0, NAMED).join(", ")}${more}` };
}

function goneHosts(before: Connector, after: Connector): string[] {
  return before.hosts.filter((host) => !after.hosts.includes(host));
}

function brokenMethod(
  before: Connector,
  after: Connector,
  method: AuthMethod,
  live: readonly UsingConnection[],
): (FieldIssue | null)[] {
  const connections = live.filter((connection) => connection.method === method.id);
  const names = (some: readonly UsingConnection[]): string[] =>
    some.map(({ name }) => `the connection "${name.slice(0, 60)}"`);
  const next = after.auth.find(({ id }) => id === method.id);
  const path = `auth.${method.id}`;
  if (next === undefined) {
    return [issue(path, "is gone", names(connections))];
  }
  if (kindOf(next) !== kindOf(method)) {
    return [issue(path, `was ${kindOf(method)} and is ${kindOf(next)}`, names(connections))];
  }
  const old = fieldsOf(before, method);
  const fields = fieldsOf(after, next);
  const changed = Object.entries(old).map(([name, field]) => {
    const has = connections.filter((connection) => setFields(connection).includes(name));
    const now = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (now === undefined) {
      return issue(`fields.${name}`, "is gone", names(has));
    }
    const what = field.secret ? "was secret and is plain" : "was plain and is secret";
    return now.secret === field.secret ? null : issue(`fields.${name}`, what, names(has));
  });
  const added = Object.entries(fields).map(([name, field]) => {
    const needed = field.required && field.default === undefined;
    const lacking = connections.filter((connection) => !setFields(connection).includes(name));
    return needed ? issue(`fields.${name}`, "is needed and not set", names(lacking)) : null;
  });
  return [...changed, ...added];
}

function kindOf(method: AuthMethod): string {
  return method.type === "oauth2" ? `oauth2 ${method.grant}` : method.type;
}

function setFields({ fieldNames, secretFields }: UsingConnection): readonly string[] {
  return [...fieldNames, ...secretFields];
}

/** Which actions a workflow calls is not known before it runs: each that is gone may be one of them. */
function goneActions(before: Connector, after: Connector, users: readonly string[]): (FieldIssue | null)[] {
  const left = new Set(after.actions.map(({ slug }) => slug));
  return before.actions
    .filter(({ slug }) => !left.has(slug))
    .map(({ slug }) => issue(`actions.${slug}`, "is gone", users));
}
