import type { AbortSignal } from "./abort.guest.ts";
import type { Blob } from "./blob.guest.ts";
import type { FormData } from "./form-data.guest.ts";
import type { ReadableStream } from "./streams.guest.ts";
import type { URL, URLSearchParams } from "./url.guest.ts";

/**
 * Whether a value is of a class whose module may not be evaluated yet: then it is not. Each module says here how
 * its class is recognized, so that a body of text does not cost the evaluation of streams.
 */
interface Brands {
  isBlob: (value: unknown) => value is Blob;
  isFormData: (value: unknown) => value is FormData;
  isParams: (value: unknown) => value is URLSearchParams;
  isSignal: (value: unknown) => value is AbortSignal;
  isStream: (value: unknown) => value is ReadableStream<unknown>;
  isUrl: (value: unknown) => value is URL;
}

const isNone = (value: unknown): value is never => value === isNone;

export const brands: Brands = {
  isBlob: isNone,
  isFormData: isNone,
  isParams: isNone,
  isSignal: isNone,
  isStream: isNone,
  isUrl: isNone,
};
