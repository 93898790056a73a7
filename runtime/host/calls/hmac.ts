import { createHmac } from "node:crypto";
import { z } from "zod";
import type { HostCall } from "./call.ts";
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
  await execution.onSecretUse({ name, kind: "hmac" });
  const key = Buffer.from(secret.value, keyEncoding);
  return createHmac(algorithm, key).update(Buffer.from(data, "base64")).digest(encoding);
};
