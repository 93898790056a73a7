import type { Logger } from "./log.ts";

/** After this long a stop is no longer waited for, in milliseconds. */
const STOP_DEADLINE_MS = 40_000;

/** That a service serves, and where it is reached. */
export interface ServiceReady {
  readonly ready: true;
  readonly url?: string;
  /** The port that it listens on. */
  readonly port?: number;
}

/** What a service tells its supervisor; `launch.js` sends the refusal. */
export type ServiceMessage = ServiceReady | { readonly ready: false; readonly reason: string };

/**
 * Keeps a service's process running until it is told to stop: by SIGTERM, by SIGINT, or because its
 * supervisor is gone. A second signal ends it at once.
 */
export function runService(options: {
  readonly log: Logger;
  readonly name: "api" | "worker";
  /** What its log says of it when it serves. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly url?: string;
  readonly port?: number;
  readonly stop: () => Promise<void>;
}): void {
  // Under a supervisor it is the supervisor that says it, once and for all of them.
  const level = process.send === undefined ? "info" : "debug";
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) {
      if (why === "SIGINT" || why === "SIGTERM") {
        process.exit(1);
      }
      return;
    }
    stopping = true;
    options.log[level]({ why }, "stopping");
    setTimeout(() => {
      options.log.error("stopping took too long");
      process.exit(1);
    }, STOP_DEADLINE_MS).unref();
    options.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        options.log.error({ error }, "stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  // Only now: who reads that it is ready may tell it to stop at once.
  options.log[level](options.facts, `${options.name} ready`);
  if (process.send !== undefined) {
    process.on("disconnect", () => stop("the supervisor is gone"));
    const { url, port } = options;
    const ready: ServiceReady = {
      ready: true,
      ...(url === undefined ? {} : { url }),
      ...(port === undefined ? {} : { port }),
    };
    process.send(ready);
  }
}
