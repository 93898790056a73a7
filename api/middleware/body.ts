import { isUtf8 } from "node:buffer";
import type { Context } from "hono";
import { InvalidError, TenonError, TooLargeError } from "#runtime/errors.ts";
import type { FieldIssue } from "#runtime/errors.ts";
import type { ApiEnv } from "../env.ts";
import { LIMITS } from "../limits.ts";
import { invalid } from "./parse.ts";

const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** A request body, and the text that it was read from. */
export interface JsonBody {
  readonly text: string;
  readonly value: unknown;
}

/** Reads a JSON body: the right type, not above the limit, valid UTF-8, JSON, and storable. */
export async function readJson(
  context: Context<ApiEnv>,
  limit: number,
  opaque: readonly string[],
): Promise<JsonBody> {
  if (!JSON_TYPE.test(context.req.header("content-type") ?? "")) {
    throw new TenonError(
      "TENON_UNSUPPORTED_MEDIA_TYPE",
      "caller",
      415,
      "The body must be JSON: send it with the header Content-Type: application/json.",
    );
  }
  const text = await readText(context, limit);
  const value = parseJson(text);
  checkStorable(value, opaque);
  return { text, value };
}

async function readText(context: Context<ApiEnv>, limit: number): Promise<string> {
  const tooLarge = `The body is larger than ${String(limit)} bytes, the limit of this route.`;
  const announced = context.req.header("content-length");
  if (announced !== undefined) {
    // Node reads no more bytes than the header announces.
    if (Number(announced) > limit) {
      throw new TooLargeError(tooLarge);
    }
    return toText(Buffer.from(await context.req.arrayBuffer()));
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) {
      throw new TooLargeError(tooLarge);
    }
    chunks.push(chunk);
  }
  return toText(Buffer.concat(chunks));
}

function toText(bytes: Buffer): string {
  if (!isUtf8(bytes)) {
    throw malformed("The body is not valid UTF-8.");
  }
  return bytes.toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8's message may quote the body, which may hold a secret: only the position is repeated.
    const position = /at position (\d+)/.exec(String(error))?.[1];
    throw malformed(
      text.trim() === ""
        ? "The body is empty: send a JSON object."
        : `The body is not valid JSON${position === undefined ? "" : `: the mistake is at position ${position}`}.`,
    );
  }
}

function malformed(message: string): InvalidError {
  return new InvalidError(message, { code: "TENON_MALFORMED_JSON" });
}

/**
 * Refuses what PostgreSQL or a serializer would choke on: NUL and lone surrogates in strings, bottomless
 * nesting. Walks without recursion, because the value may be nested deeper than the stack.
 */
function checkStorable(body: unknown, opaque: readonly string[]): void {
  const open: { value: unknown; path: string; depth: number; examine: boolean }[] = [
    { value: body, path: "", depth: 0, examine: true },
  ];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { value, path, depth, examine } = node;
    if (typeof value === "string" && examine) {
      refuse(textIssue(path, value));
    } else if (typeof value === "object" && value !== null) {
      if (depth > LIMITS.depth) {
        refuse({ path: path.slice(0, 200), message: `is nested deeper than ${String(LIMITS.depth)} levels` });
      }
      for (const [key, member] of Object.entries(value)) {
        const memberPath = path === "" ? key : `${path}.${key}`;
        const examined = examine && !(depth === 0 && opaque.includes(key));
        refuse(examined && !Array.isArray(value) ? textIssue(memberPath, key) : null);
        open.push({ value: member, path: memberPath, depth: depth + 1, examine: examined });
      }
    }
  }
}

/** What is wrong with a string that PostgreSQL cannot store as it is; null: nothing. */
export function textIssue(path: string, text: string): FieldIssue | null {
  if (text.includes("\0")) {
    return { path: path.replaceAll("\0", "\\0"), message: "must not contain the NUL character" };
  }
  return text.isWellFormed() ? null : { path: path.toWellFormed(), message: "must be well-formed Unicode" };
}

function refuse(issue: FieldIssue | null): void {
  if (issue !== null) {
    throw invalid([issue]);
  }
}
