import { headerOf } from "#runtime/egress/headers.ts";
import { TenonError } from "#runtime/errors.ts";
import type { Redactor } from "#runtime/vault/redact.ts";
import { textOf, wholeBody } from "../connection/answer.ts";
import type { ConnectionResponse } from "../connection/send.ts";
import { inTurn } from "./in-turn.ts";

/** An answer, read: JSON where it is some, else text, else its bytes in base64. */
export interface ReadAnswer {
  readonly body: unknown;
  readonly link: string | null;
  readonly url: string;
}

const SHOWN_REASON = 300;
/** From here on an answer takes so long to read that others would notice. */
const LARGE_BYTES = 256 * 1024;

/** A third party understood and said no: guest code sees with which status. */
export class AnsweredError extends TenonError {
  override readonly name = "AnsweredError";
  readonly answered: number;
  constructor(answered: number, message: string) {
    super("TENON_ACTION_FAILED", "caller", 502, message);
    this.answered = answered;
  }
}

/**
 * Reads the whole answer. What the credential's host repeats of it is a placeholder in what comes out.
 *
 * @throws TenonError `TENON_ACTION_FAILED` for a status of 400 or more, with the provider's reason
 */
export async function readAnswer(
  response: ConnectionResponse,
  blind: Pick<Redactor, "text" | "json">,
  what: string,
): Promise<ReadAnswer> {
  const bytes = await wholeBody(response);
  const type = headerOf(response.headers, "content-type") ?? "";
  if (response.status >= 400) {
    const reason = blind.text(textOf(bytes)).replace(/\s+/g, " ").trim().slice(0, SHOWN_REASON);
    throw new AnsweredError(
      response.status,
      `${what} was answered with ${String(response.status)}${reason === "" ? "." : `: ${reason}`}${adviceOf(response)}`,
    );
  }
  const read = (): unknown => blind.json(bodyOf(bytes, type));
  return {
    body: bytes.length > LARGE_BYTES ? await inTurn(read) : read(),
    link: headerOf(response.headers, "link"),
    url: response.url,
  };
}

function adviceOf({ refusal }: ConnectionResponse): string {
  return refusal === undefined ? "" : ` (${refusal})`;
}

function bodyOf(bytes: Buffer, type: string): unknown {
  if (bytes.length === 0) {
    return null;
  }
  if (/\bjson\b/i.test(type) || type === "") {
    try {
      return JSON.parse(textOf(bytes)) as unknown;
    } catch {
      return textOf(bytes);
    }
  }
  return /^text\/|\b(xml|javascript|x-www-form-urlencoded|csv|yaml)\b/i.test(type)
    ? textOf(bytes)
    : { contentType: type, data: bytes.toString("base64") };
}
