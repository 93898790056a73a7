import { noteInterface } from "./define-interface.guest.ts";
import { brands } from "./brands.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { URL as UrlInterface, URLSearchParams as ParamsInterface } from "whatwg-url/webidl2js-wrapper.js";

/** What whatwg-url takes from a global object; it puts its interfaces beside them. */
const realm = { Array, Object, Promise, String, TypeError };
UrlInterface.install(realm, ["Worker"]);
ParamsInterface.install(realm, ["Worker"]);
const installed = realm as typeof realm & Pick<typeof globalThis, "URL" | "URLSearchParams">;

/** URL (URL Standard, section 6.1). */
export const { URL } = installed;
export type URL = globalThis.URL;

// File API, section 8.4.
Object.assign(URL, {
  createObjectURL: (blob: unknown) => lazy.blobUrl().createObjectURL(blob),
  revokeObjectURL: (url: unknown) => {
    lazy.blobUrl().revokeObjectURL(url);
  },
});

/** URLSearchParams (URL Standard, section 6.2). */
export const { URLSearchParams } = installed;
export type URLSearchParams = globalThis.URLSearchParams;

noteInterface(URL.prototype);
noteInterface(URLSearchParams.prototype);

brands.isUrl = (value): value is URL => value instanceof URL;
brands.isParams = (value): value is URLSearchParams => value instanceof URLSearchParams;
