import { utf8 } from "#runtime/egress/headers.ts";
import type { Redactor } from "#runtime/vault/redact.ts";

/**
 * A header's value with placeholders where it repeats a secret. Its bytes were read as Latin-1, as Fetch has it;
 * a server that writes UTF-8 into it is understood too.
 */
export function blindHeader(blind: Pick<Redactor, "text">, value: string): string {
  const redacted = blind.text(value);
  const read = utf8(value);
  if (read === value) {
    return redacted;
  }
  const again = blind.text(read);
  return again === read ? redacted : Buffer.from(again).toString("latin1");
}
