import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { TenonError, UnavailableError } from "#runtime/errors.ts";
import type { Logger } from "#runtime/log.ts";
import { fromCourier } from "./courier-wire.ts";
import type { FromCourier, ToCourier } from "./courier-wire.ts";
import { refreshConnection } from "./refresh.ts";
import type { RefreshParts, RefreshRequest, RefreshResult } from "./refresh-parts.ts";

/** Makes the calls to token endpoints, one at a time for each connection, in a process that outlives whoever asked. */
export interface Courier {
  refresh(request: RefreshRequest): Promise<RefreshResult>;
  /** Waits for the calls under way, and ends the process. */
  close(): Promise<void>;
}

const LAUNCH = path.join(import.meta.dirname, "../launch.js");
/** A courier that died is replaced this often before its requests fail. */
const TRIES = 3;
/** After this long a closing courier is left alone: it ends by itself when its calls are journaled. */
const CLOSE_MS = 30_000;

/** A courier inside this very process: for handlers that only a worker can run, and for tests. */
export function localCourier(parts: RefreshParts): Courier {
  const running = new Set<Promise<RefreshResult>>();
  return {
    refresh: async (request) => {
      const call = refreshConnection(parts, request);
      running.add(call);
      return call.finally(() => running.delete(call));
    },
    close: async () => {
      await Promise.allSettled(running);
    },
  };
}

/**
 * A courier in a process of its own, started when it is first needed. It outlives this process, until what it has asked
 * for is journaled, and ends by itself when there is nothing to do. When it dies, its requests go to the next one by
 * the same leases; the journal tells that one what was asked already.
 *
 * @param elsewhere - Takes the connections whose handlers only a worker runs.
 */
export function startCourier(options: {
  readonly log: Logger;
  readonly elsewhere: (request: RefreshRequest) => Promise<RefreshResult>;
}): Courier {
  const client = new CourierClient(options);
  return { refresh: async (request) => client.refresh(request), close: async () => client.close() };
}

interface Pending {
  readonly request: RefreshRequest & { readonly leaseToken: string };
  readonly resolve: (result: RefreshResult | Promise<RefreshResult>) => void;
  readonly reject: (error: unknown) => void;
  tries: number;
}

class CourierClient {
  readonly #log: Logger;
  readonly #elsewhere: (request: RefreshRequest) => Promise<RefreshResult>;
  readonly #pending = new Map<number, Pending>();
  /** Runs of this process that found the same version ended wait for the same answer. */
  readonly #shared = new Map<string, Promise<RefreshResult>>();
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  #nextId = 1;
  #closing = false;

  constructor(options: Parameters<typeof startCourier>[0]) {
    this.#log = options.log;
    this.#elsewhere = options.elsewhere;
  }

  async refresh(request: RefreshRequest): Promise<RefreshResult> {
    if (request.reason !== "expired" || request.leaseToken !== undefined) {
      return this.#submit(request);
    }
    const key = `${request.connectionId}/${String(request.spent)}`;
    const known = this.#shared.get(key);
    if (known !== undefined) {
      return known;
    }
    const call = this.#submit(request).finally(() => this.#shared.delete(key));
    this.#shared.set(key, call);
    return call;
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#child === null) {
      return;
    }
    this.#send({ type: "close" });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([this.#exited, late]);
    clearTimeout(timer);
  }

  async #submit(request: RefreshRequest): Promise<RefreshResult> {
    if (this.#closing) {
      throw new UnavailableError("This process is stopping; the connection is renewed by another one.");
    }
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      // Named here, so that the next courier may take over what a dead one held.
      const leaseToken = request.leaseToken ?? randomUUID();
      this.#pending.set(id, { request: { ...request, leaseToken }, resolve, reject, tries: 0 });
      this.#ask(id);
    });
  }

  #ask(id: number): void {
    const pending = this.#pending.get(id);
    if (pending !== undefined) {
      pending.tries += 1;
      this.#child ??= this.#start();
      this.#send({ type: "refresh", id, request: pending.request });
    }
  }

  #send(message: ToCourier): void {
    // A courier that is about to end does not hear it: its exit sends the requests to the next one.
    this.#child?.send(message, () => undefined);
  }

  #start(): ChildProcess {
    // A session of its own: a signal to our group (Ctrl-C, a supervisor's kill) is not for it.
    const child = fork(LAUNCH, ["courier"], {
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.on("message", (message) => {
      this.#hear(message);
    });
    child.on("error", (error) => {
      this.#log.error({ err: error }, "the courier could not be started");
    });
    this.#exited = new Promise((resolve) => {
      const gone = (): void => {
        this.#replace(child);
        resolve();
      };
      child.once("exit", gone);
      child.once("error", gone);
    });
    return child;
  }

  #hear(message: unknown): void {
    const parsed = fromCourier.safeParse(message);
    if (!parsed.success) {
      this.#log.error({ message }, "the courier does not start");
      return;
    }
    const pending = this.#pending.get(parsed.data.id);
    this.#pending.delete(parsed.data.id);
    if (pending !== undefined) {
      this.#settle(pending, parsed.data);
    }
  }

  #settle(pending: Pending, answer: FromCourier): void {
    if (answer.type === "error") {
      const { code, fault, status, message } = answer.error;
      pending.reject(new TenonError(code, fault, status, message));
      return;
    }
    const { result } = answer;
    pending.resolve(result.status === "elsewhere" ? this.#elsewhere(pending.request) : result);
  }

  /** The courier has ended, idle or not. What was asked of it is asked again, of the next one. */
  #replace(child: ChildProcess): void {
    if (this.#child !== child) {
      return;
    }
    this.#child = null;
    for (const [id, pending] of this.#pending) {
      if (pending.tries >= TRIES || this.#closing) {
        this.#pending.delete(id);
        pending.reject(
          new UnavailableError("The courier, which renews credentials, ended. See the log of this process."),
        );
      } else {
        this.#log.warn(
          { connectionId: pending.request.connectionId },
          "the courier ended; asking the next one",
        );
        this.#ask(id);
      }
    }
  }
}
