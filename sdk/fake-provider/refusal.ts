/** The errors of RFC 6749 §4.1.2.1 and §5.2 and RFC 7009, and those that providers add. */
export type RefusalCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "unsupported_token_type"
  | "invalid_scope"
  | "unsupported_response_type"
  | "access_denied"
  | "token_not_expired"
  | "too_many_requests";

/** The provider says no. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  /** Whether the client did something that the definition does not say; otherwise it is the way of the world. */
  readonly isComplaint: boolean;
  readonly retryAfter: number | null;

  constructor(
    code: RefusalCode,
    message: string,
    options: { readonly isComplaint?: boolean; readonly retryAfter?: number } = {},
  ) {
    super(message);
    this.code = code;
    this.isComplaint = options.isComplaint ?? true;
    this.retryAfter = options.retryAfter ?? null;
  }
}

/** Something that ends without anybody's fault: an expired or revoked grant. */
export function ended(message: string): Refusal {
  return new Refusal("invalid_grant", message, { isComplaint: false });
}

/** @throws Refusal that the client has to answer for */
export function requireThat(
  holds: boolean,
  message: string,
  code: RefusalCode = "invalid_request",
): asserts holds {
  if (!holds) {
    throw new Refusal(code, message);
  }
}
