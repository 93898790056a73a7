const MAX_CHARS = 16 * 1024;
/** A process says on its way to its end what is the matter: whatever says more was taken over. */
const MAX_BYTES = 1024 * 1024;
/** What V8 says when it cannot go on: at some sizes it ends the process before the heap limit ends the isolate. */
const OUT_OF_MEMORY = /out of memory|allocation failed/i;

/** `TypeError [ERR_MISSING_OPTION]: --permission is required` */
const THROWN = /^\w*Error(?: \[\w+\])?: /;

/** The end of what a process wrote to its standard error. */
export class LastWords {
  #text = "";
  #bytes = 0;

  get text(): string {
    return this.#text;
  }

  /** What it died of, where it says so: an error of Node's ends with its stack and Node's version. */
  get lastLine(): string {
    const lines = this.#text.trim().split("\n");
    return lines.findLast((line) => THROWN.test(line)) ?? lines.at(-1) ?? "";
  }

  /** Whether it speaks of memory that could not be had. */
  get tellOfMemory(): boolean {
    return OUT_OF_MEMORY.test(this.#text);
  }

  /** Whether it said more than any process says at its end. */
  get tooMany(): boolean {
    return this.#bytes > MAX_BYTES;
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#text = (this.#text + chunk.toString("utf8")).slice(-MAX_CHARS);
  }
}
