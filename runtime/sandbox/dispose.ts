import type ivm from "isolated-vm";

const SETTLE_MS = 250;
const POLL_MS = 5;

/** What is told of an isolate that is disposed of. */
export interface DisposalPorts {
  /** Whether every call into the isolate has come back. */
  readonly isQuiet: () => boolean;
  readonly onDone: () => void;
  /** Some call did not come back in time, and may never. */
  readonly onStuck: () => void;
}

/** Disposes of an isolate, and waits until what was under way in it has ended. */
export function disposeOf(isolate: ivm.Isolate, { isQuiet, onDone, onStuck }: DisposalPorts): void {
  if (!isolate.isDisposed) {
    isolate.dispose();
  }
  if (isQuiet()) {
    onDone();
    return;
  }
  const overdue = setTimeout(() => {
    clearInterval(poll);
    onStuck();
  }, SETTLE_MS);
  const poll = setInterval(() => {
    if (isQuiet()) {
      clearTimeout(overdue);
      clearInterval(poll);
      onDone();
    }
  }, POLL_MS);
}
