import { MAX_POST_CHARS } from "./wire.ts";

/** What leaves at once, each character at most three bytes long, fits into a frame. */
const MAX_CHARS = MAX_POST_CHARS;

/** What a run posted and the worker was not sent yet: it leaves once per turn of the loop, or when it is much. */
export class Outbox {
  readonly #send: (texts: string[]) => void;
  #texts: string[] = [];
  #chars = 0;
  #leaving = false;

  constructor(send: (texts: string[]) => void) {
    this.#send = send;
  }

  /** A text that leaves with the next ones. */
  add(text: string): void {
    this.hold(text);
    if (!this.#leaving) {
      this.#leaving = true;
      setImmediate(() => {
        this.#leaving = false;
        this.#leave();
      });
    }
  }

  /** A text that somebody will take. */
  hold(text: string): void {
    if (this.#chars + text.length > MAX_CHARS) {
      this.#leave();
    }
    this.#texts.push(text);
    this.#chars += text.length;
  }

  /** All that did not leave yet; it will not. */
  take(): string[] {
    const texts = this.#texts;
    this.#texts = [];
    this.#chars = 0;
    return texts;
  }

  #leave(): void {
    const texts = this.take();
    if (texts.length > 0) {
      this.#send(texts);
    }
  }
}
