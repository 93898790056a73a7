import { ConflictError, UnavailableError } from "#runtime/errors.ts";
import type { FieldIssue, TenonError } from "#runtime/errors.ts";
import { invalid } from "./parse.ts";

/** Which field of a request each unique constraint speaks about. */
const UNIQUE_FIELDS: Readonly<Record<string, FieldIssue>> = {
  environments_organization_id_slug_key: { path: "slug", message: "is taken by another environment" },
  customers_organization_id_slug_key: { path: "slug", message: "is taken by another customer" },
  customers_organization_id_external_id_key: { path: "externalId", message: "is taken by another customer" },
  variables_organization_id_environment_id_name_key: {
    path: "name",
    message: "is taken: PUT changes the variable",
  },
  secrets_organization_id_environment_id_customer_id_name_key: {
    path: "name",
    message: "is taken: PUT changes the secret",
  },
  connectors_organization_id_slug_key: {
    path: "definition.slug",
    message: "is taken: PUT publishes a new version of the connector",
  },
  credential_types_organization_id_slug_key: {
    path: "definition.slug",
    message: "is taken by another credential type",
  },
  oauth_apps_organization_id_environment_id_connector_key: {
    path: "connector",
    message: "has an OAuth app there already: PATCH changes it",
  },
  workflows_organization_id_slug_key: { path: "slug", message: "is taken by another workflow" },
};

/** Connection errors of Node, and SQLSTATE classes of a server that is going or coming. */
const AWAY =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|08...|57P0.|53300)$/;

/** What node-postgres says, without a code, when a connection broke or none became free. */
const BROKEN =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying)/;

/** What an error of the database means to the caller; null: nothing that the caller could mend or wait for. */
export function fromDatabase(thrown: unknown): TenonError | null {
  const { code, constraint, message, syscall } = asCoded(thrown);
  // The embedded database's socket is a file, which is gone while it starts again.
  const noSocket = code === "ENOENT" && syscall === "connect";
  if (AWAY.test(code) || noSocket || BROKEN.test(message)) {
    return new UnavailableError(
      "The database or the queue can not be reached at the moment; try again shortly.",
      {
        cause: thrown,
      },
    );
  }
  if (code === "23505") {
    const issue = UNIQUE_FIELDS[constraint];
    return issue === undefined
      ? new ConflictError("Another request has just created the same thing; read it and try again.", {
          cause: thrown,
        })
      : new ConflictError(`"${issue.path}" ${issue.message}.`, { cause: thrown, issues: [issue] });
  }
  if (code === "23503") {
    return new ConflictError("Something that this request refers to has just been deleted.", {
      cause: thrown,
    });
  }
  if (code === "22021" || code === "22P05") {
    return invalid([{ path: "", message: "contains a character that can not be stored" }]);
  }
  return null;
}

function asCoded(thrown: unknown): Readonly<Record<"code" | "constraint" | "message" | "syscall", string>> {
  const fields = (typeof thrown === "object" && thrown !== null ? thrown : {}) as Record<string, unknown>;
  const text = (name: string): string => (typeof fields[name] === "string" ? fields[name] : "");
  return {
    code: text("code"),
    constraint: text("constraint"),
    message: text("message"),
    syscall: text("syscall"),
  };
}
