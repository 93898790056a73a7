import { createRedactor } from "#runtime/vault/redact.ts";
import type { Redactor } from "#runtime/vault/redact.ts";
import type { Redaction } from "#runtime/vault/spans.ts";

/** A redactor that learns values while it is used: a run's credentials are renewed while the run goes on. */
export class GrowingRedactor implements Redactor {
  readonly #entries: Redaction[] = [];
  readonly #values = new Set<string>();
  /** Made when something is to be redacted: most runs fetch nothing. */
  #made: Redactor | null = null;

  constructor(entries: readonly Redaction[]) {
    this.learn(entries);
  }

  /** Arms it with values; what stands in the place of one that it knows already stays. */
  learn(entries: readonly Redaction[]): void {
    const fresh = entries.filter(({ value }) => value !== "" && !this.#values.has(value));
    if (fresh.length === 0) {
      return;
    }
    for (const entry of fresh) {
      this.#values.add(entry.value);
      this.#entries.push(entry);
    }
    this.#made = null;
  }

  get #redactor(): Redactor {
    this.#made ??= createRedactor(this.#entries);
    return this.#made;
  }

  text(text: string): string {
    return this.#redactor.text(text);
  }

  open(text: string): number {
    return this.#redactor.open(text);
  }

  json(value: unknown): unknown {
    return this.#redactor.json(value);
  }

  /** A stream that is under way when a value is learnt goes through the redactor that knows it from there on. */
  stream(): TransformStream<Uint8Array, Uint8Array> {
    const { readable: first, writable } = this.#redactor.stream();
    let redactor = this.#redactor;
    let reader = first.getReader();
    const readable = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        for (;;) {
          const result = await reader.read();
          if (redactor === this.#redactor) {
            pass(result, controller);
            return;
          }
          redactor = this.#redactor;
          reader = resumed(result, reader).pipeThrough(redactor.stream()).getReader();
        }
      },
      cancel: async (reason) => reader.cancel(reason),
    });
    return { readable, writable };
  }
}

type Result = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>;

function pass(result: Result, controller: ReadableStreamDefaultController<Uint8Array>): void {
  if (result.done) {
    controller.close();
  } else {
    controller.enqueue(result.value);
  }
}

/** The rest of a stream with what was read of it already. */
function resumed(read: Result, reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  let first: Result | null = read;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const result = first ?? (await reader.read());
      first = null;
      pass(result, controller);
    },
    cancel: async (reason) => reader.cancel(reason),
  });
}
