import type { Finder, Findings } from "./spans.ts";

/** Above this much in waiting, small chunks are gathered: looking again at every byte would be quadratic. */
const GATHER_ABOVE = 1_024;

/** What a stream carries from one chunk to the next. */
interface Waiting {
  /** Bytes that may be the beginning of a value. */
  readonly bytes: Buffer;
  /** How many of them belong to a stretch whose replacement has been sent already. */
  readonly covered: number;
  /** The byte before them. */
  readonly before: number | null;
}

/** A transform that redacts bytes; see `Redactor.stream`. */
export function redactStream(finder: Finder): TransformStream<Uint8Array, Uint8Array> {
  let waiting: Waiting = { bytes: Buffer.alloc(0), covered: 0, before: null };
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;

  const advance = (final: boolean, emit: (bytes: Uint8Array) => void): void => {
    const bytes = Buffer.concat([waiting.bytes, ...gathered]);
    gathered = [];
    gatheredBytes = 0;
    const findings = finder.find(bytes, { before: waiting.before, final });
    waiting = release(bytes, waiting, findings, emit);
  };

  return new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      // Copied: the producer may use its buffer again before these bytes are looked at.
      gathered.push(Uint8Array.from(chunk));
      gatheredBytes += chunk.byteLength;
      if (waiting.bytes.length > GATHER_ABOVE && gatheredBytes < waiting.bytes.length / 4) {
        return;
      }
      advance(false, (bytes) => {
        controller.enqueue(bytes);
      });
    },
    flush: (controller) => {
      advance(true, (bytes) => {
        controller.enqueue(bytes);
      });
    },
  });
}

/** Sends what is settled, and returns what has to wait. */
function release(
  bytes: Buffer,
  waiting: Waiting,
  { spans, settled }: Findings,
  emit: (bytes: Uint8Array) => void,
): Waiting {
  const parts: Uint8Array[] = [];
  let done = waiting.covered;
  for (const span of spans) {
    if (span.start >= settled) {
      break;
    }
    if (span.start >= done) {
      parts.push(bytes.subarray(done, span.start), span.replacement);
    }
    done = Math.max(done, span.end);
  }
  if (done < settled) {
    parts.push(bytes.subarray(done, settled));
    done = settled;
  }
  const sent = Buffer.concat(parts);
  if (sent.length > 0) {
    emit(sent);
  }
  return {
    bytes: bytes.subarray(settled),
    covered: done - settled,
    before: settled === 0 ? waiting.before : (bytes[settled - 1] ?? null),
  };
}
