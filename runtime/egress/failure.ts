import { TenonError } from "#runtime/errors.ts";

const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EHOSTUNREACH: "the host is unreachable",
  ENETUNREACH: "the network is unreachable",
  ENOTFOUND: "the name does not exist",
  EAI_AGAIN: "the name could not be resolved for now",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "the connection was not made within 10 s",
  UND_ERR_HEADERS_TIMEOUT: "no response came within 60 s",
  UND_ERR_BODY_TIMEOUT: "the body stopped coming",
  UND_ERR_HEADERS_OVERFLOW: "the response headers are too large",
  UND_ERR_SOCKET: "the other side closed the connection",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate chain is self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not signed by a trusted authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is not signed by a trusted authority",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  Z_DATA_ERROR: "its body is not validly compressed",
  Z_BUF_ERROR: "its compressed body is cut off",
};

/** The network, TLS or the protocol failed. `reason` says of what: `ECONNRESET`, `CERT_HAS_EXPIRED`. */
export class ExchangeError extends TenonError {
  override readonly name = "ExchangeError";
  readonly reason: string;
  constructor(message: string, reason: string) {
    super("TENON_FETCH_FAILED", "passing", 502, message);
    this.reason = reason;
  }
}

/**
 * What a request failed of, in words that are safe to show: a code and the host, never a URL, a header or the
 * other side's text. Our own refusals pass unchanged, and an abort keeps its reason.
 */
export function failure(error: unknown, host: string, signal: AbortSignal): unknown {
  if (error instanceof TenonError) {
    return error;
  }
  if (signal.aborted) {
    return signal.reason;
  }
  const code = errorCode(error);
  return new ExchangeError(
    `The request to ${host} failed: ${MEANINGS[code] ?? "the exchange broke off"} (${code}).`,
    code,
  );
}

function errorCode(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    // A failed dial of several addresses is an AggregateError: its first failure says why.
    const inner: unknown = at instanceof AggregateError ? at.errors[0] : at;
    const code = (inner as { code?: unknown } | undefined)?.code ?? (at as { code?: unknown }).code;
    if (typeof code === "string" && /^[A-Z][A-Z0-9_]*$/.test(code) && code !== "UND_ERR_ABORTED") {
      return code;
    }
  }
  return "UNKNOWN";
}
