import { type Blob, blobAccess } from "./blob.guest.ts";
import { BodyContent, type Bytes } from "./body.guest.ts";
import { utf8Encode } from "./bytes.guest.ts";
import { atob } from "./encoding.guest.ts";
import { headersAccess } from "./headers.guest.ts";
import { parseMime, writeMime } from "./mime.guest.ts";
import { type RequestState } from "./request.guest.ts";
import { type Response, responseAccess } from "./response.guest.ts";

/** The response to a request for a `data:` or `blob:` URL (Fetch, section 4.3): it needs nobody outside. */
export function fetchLocal({ url, method, blob: source }: RequestState): Response {
  const blob = url.startsWith("blob:");
  const found = blob ? readBlob(source, method) : readDataUrl(url);
  if (found === null) {
    const why = blob
      ? "There is no blob of that URL, or the method is not GET."
      : "The data: URL is not valid.";
    throw new TypeError("fetch failed", { cause: new Error(why) });
  }
  const { bytes, type } = found;
  const headers: [string, string][] = [["content-type", type]];
  if (blob) {
    headers.unshift(["content-length", String(bytes.length)]);
  }
  return responseAccess.create({
    type: "basic",
    status: 200,
    statusText: "OK",
    url: url.replace(/#.*$/s, ""),
    redirected: false,
    headers: headersAccess.create(headers, true),
    content: method === "HEAD" ? null : BodyContent.ofBytes(bytes),
  });
}

interface Found {
  readonly bytes: Bytes;
  readonly type: string;
}

function readBlob(blob: Blob | null, method: string): Found | null {
  return blob === null || method !== "GET" ? null : { bytes: blobAccess.bytesOf(blob), type: blob.type };
}

/** The data: URL processor (Fetch, section 6). */
function readDataUrl(url: string): Found | null {
  const input = url.slice("data:".length).replace(/#.*$/s, "");
  const comma = input.indexOf(",");
  if (comma < 0) {
    return null;
  }
  let type = input.slice(0, comma).replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "");
  let bytes: Bytes | null = percentDecoded(input.slice(comma + 1));
  if (/; *base64$/i.test(type)) {
    type = type.replace(/; *base64$/i, "");
    bytes = base64Decoded(bytes);
  }
  const parsed = parseMime(type.startsWith(";") ? `text/plain${type}` : type);
  return bytes === null
    ? null
    : { bytes, type: parsed === null ? "text/plain;charset=US-ASCII" : writeMime(parsed) };
}

function percentDecoded(value: string): Bytes {
  const bytes = utf8Encode(value);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const hex = bytes[at] === 37 ? String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0) : "";
    const escaped = /^[0-9a-f]{2}$/i.test(hex);
    bytes[length] = escaped ? Number.parseInt(hex, 16) : (bytes[at] ?? 0);
    length += 1;
    at += escaped ? 2 : 0;
  }
  return bytes.slice(0, length);
}

function base64Decoded(bytes: Bytes): Bytes | null {
  try {
    const binary = atob(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
