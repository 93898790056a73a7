/** The reading of a request's stream: once, and given up when its request is over, also while a chunk is awaited. */
export class RequestStream implements AsyncIterable<Uint8Array> {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #over = Promise.withResolvers<IteratorResult<Uint8Array, undefined>>();
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return { next: () => this.#next(), return: () => this.#return() };
  }

  /** Ends the reading; whoever makes the chunks hears of it by their iterator's `return`. */
  giveUp(): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    this.#over.reject(new DOMException("The request is over.", "AbortError"));
    this.#over.promise.catch(() => undefined);
    // Not awaited: an async generator that waits for its own next chunk answers only then.
    this.#chunks.return?.().catch(() => undefined);
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const result = await Promise.race([this.#chunks.next(), this.#over.promise]);
    if (result.done === true) {
      this.#ended = true;
      return { done: true, value: undefined };
    }
    return result;
  }

  #return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.giveUp();
    return Promise.resolve({ done: true, value: undefined });
  }
}
