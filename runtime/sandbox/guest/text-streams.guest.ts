import { asDomString, defineInterface } from "./define-interface.guest.ts";
import { TextDecoder, TextEncoder } from "./encoding.guest.ts";
import { type ReadableStream, TransformStream, type WritableStream } from "./streams.guest.ts";

const isLead = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** TextEncoderStream (Encoding, section 7.6). */
export class TextEncoderStream {
  readonly #transform: TransformStream<unknown, Uint8Array>;

  constructor() {
    const encoder = new TextEncoder();
    // The first half of a pair whose second half may come with the next chunk.
    let lead = "";
    this.#transform = new TransformStream<unknown, Uint8Array>({
      transform: (chunk, controller) => {
        const text = lead + asDomString(chunk);
        const last = text.length - 1;
        lead = text !== "" && isLead(text.charCodeAt(last)) ? text.charAt(last) : "";
        const whole = lead === "" ? text : text.slice(0, last);
        if (whole !== "") {
          controller.enqueue(encoder.encode(whole));
        }
      },
      flush: (controller) => {
        if (lead !== "") {
          controller.enqueue(encoder.encode(lead));
        }
      },
    });
  }

  get encoding(): string {
    return this.#transform.readable === undefined ? "" : "utf-8";
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#transform.readable;
  }

  get writable(): WritableStream<unknown> {
    return this.#transform.writable;
  }
}

defineInterface(TextEncoderStream, { name: "TextEncoderStream" });

/** TextDecoderStream (Encoding, section 7.5). */
export class TextDecoderStream {
  readonly #decoder: TextDecoder;
  readonly #transform: TransformStream<unknown, string>;

  constructor(label: unknown = "utf-8", options?: unknown) {
    const decoder = new TextDecoder(label, options);
    this.#decoder = decoder;
    this.#transform = new TransformStream<unknown, string>({
      transform: (chunk, controller) => {
        if (!ArrayBuffer.isView(chunk) && !(chunk instanceof ArrayBuffer)) {
          throw new TypeError("A chunk must be an ArrayBuffer or a view of one.");
        }
        const text = decoder.decode(chunk, { stream: true });
        if (text !== "") {
          controller.enqueue(text);
        }
      },
      flush: (controller) => {
        const text = decoder.decode();
        if (text !== "") {
          controller.enqueue(text);
        }
      },
    });
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }

  get fatal(): boolean {
    return this.#decoder.fatal;
  }

  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }

  get readable(): ReadableStream<string> {
    return this.#transform.readable;
  }

  get writable(): WritableStream<unknown> {
    return this.#transform.writable;
  }
}

defineInterface(TextDecoderStream, { name: "TextDecoderStream", length: 0 });
