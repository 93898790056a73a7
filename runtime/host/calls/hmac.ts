import { createHmac } from "node:crypto";
import { z } from "zod";
import type { HostCall } from "./call.ts";
import { InvalidError } from "#runtime/errors.ts";
import { declaredSecret } from "./secret.ts";

const argument = z.strictObject({
  name: z.string().max(200),
  data: z.base64(),
  algorithm: z.enum(["sha1", "sha256", "sha384", "sha512"]),
  encoding: z.enum(["hex", "base64", "base64url"]),
  keyEncoding: z.enum(["utf8", "hex", "base64", "base64url"]),
});

/** `ctx.hmac`: a signature (RFC 2104) made with a secret that stays outside; audited before it is given. */
export const hmac: HostCall = async ({ execution }, given) => {
  const { name, data, algorithm, encoding, keyEncoding } = argument.parse(given);
  const secret = declaredSecret(execution, name);
  const key = keyOf(secret.name, secret.value, keyEncoding);
  await execution.onSecretUse({ name, kind: "hmac" });
  return createHmac(algorithm, key).update(Buffer.from(data, "base64")).digest(encoding);
};

type KeyEncoding = z.infer<typeof argument>["keyEncoding"];

const ENCODED: Readonly<Record<Exclude<KeyEncoding, "utf8">, RegExp>> = {
  hex: /^(?:[\da-f]{2})+$/i,
  base64: /^[\w+/-]+={0,2}$/,
  base64url: /^[\w-]+={0,2}$/,
};

/**
 * The key's bytes. Node decodes as far as it understands: a key cut off there would sign wrongly, and a signature
 * made with the first bytes of a secret is enough to guess them.
 */
function keyOf(name: string, value: string, encoding: KeyEncoding): Buffer {
  if (encoding === "utf8") {
    return Buffer.from(value);
  }
  const text = value.trim();
  if (!ENCODED[encoding].test(text)) {
    throw new InvalidError(
      `The secret ${name} is not written in ${encoding}: leave keyEncoding out, or store the key in that encoding.`,
    );
  }
  return Buffer.from(text, encoding);
}
