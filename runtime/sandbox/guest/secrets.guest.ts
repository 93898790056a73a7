import { callHost } from "./door.guest.ts";
import { bytesOf, fromBase64, toBase64, utf8Encode } from "./bytes.guest.ts";
import { parse, quote, toText } from "./primordials.guest.ts";

interface HmacOptions {
  readonly algorithm?: string;
  readonly encoding?: string;
  readonly keyEncoding?: string;
}

/** `ctx.reveal`: the plaintext, where manifest and secret both allow it; the worker decides and audits. */
export async function reveal(name: unknown): Promise<string> {
  return parse(await callHost("reveal", `{"name":${quote(toText(name))}}`)) as string;
}

/** `ctx.hmac`: a signature made outside. */
export async function hmac(
  name: unknown,
  data: string | ArrayBuffer | ArrayBufferView,
  options: HmacOptions = {},
): Promise<string | Uint8Array> {
  const bytes = typeof data === "string" ? utf8Encode(data) : bytesOf(data);
  const algorithm = toText(options.algorithm ?? "sha256");
  const encoding = toText(options.encoding ?? "hex");
  const keyEncoding = toText(options.keyEncoding ?? "utf8");
  const asBytes = encoding === "bytes";
  const reply = await callHost(
    "hmac",
    `{"name":${quote(toText(name))},"data":${quote(toBase64(bytes))},"algorithm":${quote(algorithm)},` +
      `"encoding":${quote(asBytes ? "base64" : encoding)},"keyEncoding":${quote(keyEncoding)}}`,
  );
  const signature = parse(reply) as string;
  return asBytes ? fromBase64(signature) : signature;
}
