import { InvalidError } from "#runtime/errors.ts";
import { createRedactor } from "#runtime/vault/redact.ts";
import type { Connector } from "#sdk/connector/schema.ts";

const LONGEST = 300;

/**
 * Refuses a callback that says no (RFC 6749 §4.1.2.1), or says something twice. What the provider wrote is repeated
 * as its words: cut, on one line, and without any secret that we know.
 *
 * @throws InvalidError `TENON_AUTHORIZATION_DENIED`, `TENON_AUTHORIZATION_FAILED`
 */
export function requireConsent(
  connector: Connector,
  callback: URLSearchParams,
  secrets: readonly (string | null)[],
): void {
  const repeated = [...new Set(callback.keys())].find((name) => callback.getAll(name).length > 1);
  if (repeated !== undefined) {
    throw failed(`The answer of "${connector.name}" says something twice; begin again.`);
  }
  const error = callback.get("error");
  if (error === null) {
    return;
  }
  if (error === "access_denied") {
    throw new InvalidError(
      `"${connector.name}" was not allowed to be connected. Begin again if that was a mistake.`,
      { code: "TENON_AUTHORIZATION_DENIED" },
    );
  }
  const words = callback.get("error_description") ?? error;
  throw failed(`"${connector.name}" refused the authorization. It says: ${quote(words, secrets)}`);
}

function failed(message: string): InvalidError {
  return new InvalidError(message, { code: "TENON_AUTHORIZATION_FAILED" });
}

function quote(words: string, secrets: readonly (string | null)[]): string {
  const redactor = createRedactor(
    secrets.flatMap((value) => (value === null ? [] : [{ value, replacement: "[secret]" }])),
  );
  const line = redactor.text(words).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
