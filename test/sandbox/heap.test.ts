import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect, test } from "vitest";

/** What isolated-vm itself keeps of each isolate is a few words; a run that stayed would be several times that. */
const KEPT_BYTES_PER_RUN = 180;

test("the process's own heap keeps nothing of the runs that are over", { timeout: 120_000 }, async () => {
  const child = fork(path.join(import.meta.dirname, "fixtures/heap-of-runs.ts"), {
    execArgv: ["--expose-gc", "--no-node-snapshot"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  try {
    const [message] = (await once(child, "message")) as [
      { readonly held: readonly number[]; readonly runsPerPart: number },
    ];
    const { held, runsPerPart } = message;
    // The first part brings what is compiled and grown once.
    const kept = ((held.at(-1) ?? Infinity) - (held[1] ?? 0)) / (runsPerPart * (held.length - 2));
    expect(kept).toBeLessThan(KEPT_BYTES_PER_RUN);
  } finally {
    child.kill("SIGKILL");
  }
});
