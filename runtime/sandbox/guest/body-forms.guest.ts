import { type Blob, blobAccess } from "./blob.guest.ts";
import type { Bytes } from "./body.guest.ts";
import { TextDecoder } from "./encoding.guest.ts";
import { FormData } from "./form-data.guest.ts";
import { mimeOfHeader, writeMime } from "./mime.guest.ts";
import { readMultipart } from "./multipart.guest.ts";
import { URLSearchParams } from "./url.guest.ts";

/** `blob()` of a body with that content-type header. */
export function blobOfBody(bytes: Bytes, header: string | null): Blob {
  const type = mimeOfHeader(header);
  return blobAccess.ofBytes(bytes, type === null ? "" : writeMime(type));
}

/** `formData()` of a body with that content-type header (Fetch, section 5.3). */
export function formOfBody(bytes: Bytes, header: string | null): FormData {
  const type = mimeOfHeader(header);
  const boundary = type?.parameters.get("boundary");
  if (type?.essence === "multipart/form-data" && boundary !== undefined) {
    return readMultipart(bytes, boundary);
  }
  if (type?.essence === "application/x-www-form-urlencoded") {
    const form = new FormData();
    // The parser of bytes keeps a mark and a question mark at the beginning (URL Standard, section 5.1).
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    for (const [name, value] of new URLSearchParams(`&${text}`)) {
      form.append(name, value);
    }
    return form;
  }
  throw new TypeError(
    `A body of the type ${type?.essence ?? "unknown"} is no form: multipart/form-data or application/x-www-form-urlencoded is.`,
  );
}
