import { z } from "zod";
import { ForbiddenError } from "#runtime/errors.ts";
import type { HostCall } from "./call.ts";
import { declaredSecret } from "./secret.ts";

const argument = z.strictObject({ name: z.string().max(200) });

/** `ctx.reveal`: the plaintext of a secret, where manifest and secret both allow it; audited before it is given. */
export const reveal: HostCall = async ({ execution }, given) => {
  const { name } = argument.parse(given);
  const secret = declaredSecret(execution, name);
  if (!secret.reveal) {
    throw new ForbiddenError(
      `The secret ${name} may not be revealed. Declare needs: { secrets: { ${name}: { reveal: true } } } and allow it on the secret itself.`,
      "TENON_REVEAL_DENIED",
    );
  }
  await execution.onSecretUse({ name, kind: "reveal" });
  return secret.value;
};
