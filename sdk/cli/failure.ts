import { styleText } from "node:util";
import { BundleError, TenonApiError, TenonConnectionError } from "#sdk/errors.ts";
import { codeFrame } from "./code-frame.ts";
import { CliError, EXIT } from "./exit.ts";
import type { ExitCode } from "./exit.ts";
import { printable } from "./output.ts";

interface Failure {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  /** Lines below the message. */
  readonly details: readonly string[];
  /** The rest of the JSON form. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Says on standard error why a command failed, for people or as one JSON document, and gives its exit code. */
export function reportFailure(error: unknown, json: boolean): ExitCode {
  const failure = failureOf(error);
  if (json) {
    const { exitCode, code, message, hint, fields } = failure;
    process.stderr.write(`${JSON.stringify({ error: { code, message, hint, exitCode, ...fields } })}\n`);
    return exitCode;
  }
  if (error instanceof CliError && error.isShown) {
    return failure.exitCode;
  }
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    styleText(style, text, { stream: process.stderr });
  const lines = [
    `${paint(["red", "bold"], "✖")} ${printable(failure.message)}`,
    ...failure.details.map((line) => `  ${line}`),
    ...(failure.hint === null ? [] : [`  ${paint("cyan", "→")} ${failure.hint}`]),
  ];
  process.stderr.write(`${lines.join("\n")}\n`);
  return failure.exitCode;
}

function failureOf(error: unknown): Failure {
  if (error instanceof CliError) {
    const { exitCode, code, message, hint, errors } = error;
    return {
      exitCode,
      code,
      message,
      hint,
      details: linesOf(errors),
      fields: errors.length > 0 ? { errors } : {},
    };
  }
  if (error instanceof TenonConnectionError) {
    return unreachable(error);
  }
  if (error instanceof TenonApiError) {
    return refused(error);
  }
  if (error instanceof BundleError) {
    const { code, issues } = error;
    const details = issues
      .flatMap((issue) => [...codeFrame(issue, process.stderr).split("\n"), ""])
      .slice(0, -1);
    const message = `The workflow does not build: ${String(issues.length)} ${issues.length === 1 ? "error" : "errors"}.`;
    return { exitCode: EXIT.failed, code, message, hint: null, details, fields: { issues } };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: EXIT.failed, code: "TENON_CLI", message, hint: null, details: [], fields: {} };
}

function unreachable(error: TenonConnectionError): Failure {
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(new URL(error.url).hostname);
  const hint = isLocal
    ? "Is the server running? Start it in its checkout: npm start    (another server: tenon login --url https://…)"
    : "Check the address and your network. Another server: tenon login --url https://…";
  return {
    exitCode: EXIT.unreachable,
    code: error.code,
    message: error.message,
    hint,
    details: [],
    fields: { url: error.url },
  };
}

/** Where a message speaks of the API's parameters: what they are called here. */
const OPTIONS: Readonly<Record<string, string>> = {
  TENON_VERIFICATION_FAILED: "On the command line: --no-verify stores it as it is.",
  TENON_CONNECTION_IN_USE: "On the command line: --force",
  TENON_CONNECTOR_BREAKING: "On the command line: --accept-breaking",
};

/** Refusals that another key would not meet. */
const ANOTHER_KEY: Readonly<Record<string, string>> = {
  TENON_FORBIDDEN: "Use a key that has this scope: tenon login    (who am I? tenon whoami)",
  TENON_TEST_KEY: "Use a live key: tenon login    (who am I? tenon whoami)",
};

/** Where the names are that could have been meant; an environment that is only named can be made. */
function lookUp({ status, message }: TenonApiError): string | null {
  const [, what, name = ""] =
    /^There is no (connector|connection|workflow|customer|run|environment) "(.*)"\.$/s.exec(message) ?? [];
  if (status !== 404 || what === undefined) {
    return null;
  }
  const isNew = what === "environment" && SLUG.test(name);
  const list = `tenon ${what}s list`;
  return isNew
    ? `Make it: tenon environments create ${name}    (what there is: ${list})`
    : `What there is: ${list}`;
}

/** A name that could be given to what is made; an id could not. */
const SLUG = /^(?![0-9a-f-]{36}$)[a-z][a-z0-9-]{0,62}$/;

function refused(error: TenonApiError): Failure {
  const { code, message, status, requestId, errors } = error;
  const hints: Record<number, string> = {
    401: "Log in with a valid key: tenon login",
    429: "Too many requests: wait a moment and try again.",
  };
  return {
    exitCode: status === 401 ? EXIT.notAuthenticated : EXIT.failed,
    code,
    message,
    hint:
      OPTIONS[code] ??
      ANOTHER_KEY[code] ??
      lookUp(error) ??
      hints[status] ??
      (status >= 500 && requestId !== null ? `The server's log knows more: request ${requestId}` : null),
    details: linesOf(errors.filter((field) => errors.length > 1 || !message.includes(field.message))),
    fields: { status, requestId, errors },
  };
}

function linesOf(errors: CliError["errors"]): string[] {
  return errors.map(({ path, message }) => printable(path === "" ? message : `${path}: ${message}`));
}
