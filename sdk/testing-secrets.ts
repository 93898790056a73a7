import { createHmac } from "node:crypto";
import type { HmacOptions } from "./ctx.ts";

/** What stands for a secret in code under test. */
export function placeholderOf(name: string): string {
  return `tenon-test-secret-${name}-0`;
}

/** The value that the test gave. */
export function valueOf(name: string, secrets: Readonly<Record<string, string>>): string {
  const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  if (value === undefined) {
    throw new Error(`The test has no secret "${name}": pass secrets: { ${name}: "…" }.`);
  }
  return value;
}

/** `ctx.reveal` of a test. */
export async function reveal(
  name: string,
  secrets: Readonly<Record<string, string>>,
  revealable: readonly string[] | undefined,
): Promise<string> {
  if (revealable !== undefined && !revealable.includes(name)) {
    throw Object.assign(new Error(`The secret "${name}" may not be revealed.`), {
      code: "TENON_REVEAL_DENIED",
    });
  }
  return valueOf(name, secrets);
}

/** `ctx.hmac` of a test. */
export async function sign(
  key: string,
  data: string | Uint8Array,
  options: HmacOptions = {},
): Promise<string | Uint8Array> {
  const digest = createHmac(options.algorithm ?? "sha256", Buffer.from(key, options.keyEncoding ?? "utf8"))
    .update(data)
    .digest();
  return options.encoding === "bytes" ? new Uint8Array(digest) : digest.toString(options.encoding ?? "hex");
}

/** The request as the server would see it: placeholders replaced in URL, headers, Basic credentials and bodies. */
export async function fill(request: Request, secrets: Readonly<Record<string, string>>): Promise<Request> {
  const replace = (text: string, spell: (value: string) => string = (value) => value): string =>
    Object.keys(secrets).reduce(
      (filled, name) => filled.replaceAll(placeholderOf(name), () => spell(valueOf(name, secrets))),
      text,
    );
  const headers = [...request.headers].map(([name, value]): [string, string] => [
    name,
    replaceInHeader(value, replace),
  ]);
  const body = request.body === null ? null : Buffer.from(await request.arrayBuffer()).toString("latin1");
  const spell = spellingIn(request.headers.get("content-type") ?? "");
  return new Request(replace(request.url, encodeURIComponent), {
    method: request.method,
    headers,
    body: body === null ? null : Buffer.from(replace(body, spell), "latin1"),
    signal: request.signal,
  });
}

/** How a value stands in a body of that type, its bytes as Latin-1 text. */
function spellingIn(contentType: string): (value: string) => string {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    return encodeURIComponent;
  }
  const spell = /[/+]json\b/i.test(contentType)
    ? (value: string) => JSON.stringify(value).slice(1, -1)
    : (value: string) => value;
  return (value) => Buffer.from(spell(value)).toString("latin1");
}

function replaceInHeader(value: string, replace: (text: string) => string): string {
  const basic = /^Basic (.+)$/i.exec(value)?.[1];
  return basic === undefined
    ? replace(value)
    : `Basic ${Buffer.from(replace(Buffer.from(basic, "base64").toString())).toString("base64")}`;
}
