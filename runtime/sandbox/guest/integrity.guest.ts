import { BodyContent } from "./body.guest.ts";
import { toBase64 } from "./bytes.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { type Response, responseAccess } from "./response.guest.ts";
import type { SubtleCrypto } from "./subtle.guest.ts";

const METADATA = /(?:^|[\t\n\f\r ])(sha(?:256|384|512))-([A-Za-z0-9+/_-]+={0,2})(?=[\t\n\f\r ?]|$)/gi;

/** The response, read to its end, when its bytes are those that were asked for (Subresource Integrity, section 3.3). */
export async function withIntegrity(response: Response, metadata: string): Promise<Response> {
  const wanted = Array.from(metadata.matchAll(METADATA), ([, algorithm = "", digest = ""]) => ({
    algorithm: algorithm.toLowerCase(),
    digest: digest.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, ""),
  }));
  const strongest = wanted
    .map(({ algorithm }) => algorithm)
    .toSorted()
    .at(-1);
  const state = responseAccess.stateOf(response);
  if (strongest === undefined || state === undefined) {
    return response;
  }
  const bytes = (await state.content?.bytes()) ?? new Uint8Array(0);
  const subtle = lazy.random().crypto.subtle as SubtleCrypto;
  const hash = await subtle.digest(strongest.replace("sha", "SHA-"), bytes);
  const found = toBase64(new Uint8Array(hash)).replace(/=+$/, "");
  if (!wanted.some(({ algorithm, digest }) => algorithm === strongest && digest === found)) {
    throw new TypeError("fetch failed", {
      cause: new Error(
        `The response has not the integrity that was asked for: its ${strongest} is ${found}.`,
      ),
    });
  }
  const content = state.content === null ? null : BodyContent.ofBytes(bytes);
  return responseAccess.create({ ...state, content });
}
