type Chunk = IteratorResult<Uint8Array, undefined>;

/** The reading of a request's stream: once, and given up when its request is over, also while a chunk is awaited. */
export class RequestStream implements AsyncIterable<Uint8Array> {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #ended = false;
  /** Ends the wait for the next chunk. A promise of the end, raced each time, would remember every race. */
  #stop: (reason: unknown) => void = () => undefined;

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
    this.#stop(over());
    // Not awaited: an async generator that waits for its own next chunk answers only then.
    this.#chunks.return?.().catch(() => undefined);
  }

  async #next(): Promise<Chunk> {
    if (this.#ended) {
      throw over();
    }
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Uint8Array>>();
    this.#stop = reject;
    this.#chunks.next().then(resolve, reject);
    const result = await promise;
    if (result.done === true) {
      this.#ended = true;
      return { done: true, value: undefined };
    }
    return result;
  }

  #return(): Promise<Chunk> {
    this.giveUp();
    return Promise.resolve({ done: true, value: undefined });
  }
}

function over(): DOMException {
  return new DOMException("The request is over.", "AbortError");
}
