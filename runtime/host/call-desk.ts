import { ExchangeError } from "#runtime/egress/failure.ts";
import { TenonError, TooLargeError } from "#runtime/errors.ts";
import { MAX_POST_CHARS } from "#runtime/sandbox/wire.ts";
import { AnsweredError } from "./action/read-result.ts";
import { CallBudget } from "./call-budget.ts";
import type { CallContext, HostCall } from "./calls/call.ts";
import { CALLS } from "./calls/table.ts";

const CALL = /^c(\d{1,15}) ([a-z.]{1,50}) /;
/** Answers of these do not wait for a turn: what has its turn already, a request, waits for them. */
const WITHOUT_TURN = new Set(["fetch.write"]);
const MAX_WAITING = 10_000;
/** Characters of all calls that one run has under way or waiting: three requests of the largest body. */
const MAX_HELD_CHARS = 48 * 1024 * 1024;

/** What a call holds besides its text: many small ones are as heavy as a large one. */
const CALL_CHARS = 1_000;
/** What an object or a list weighs when it is read, however short it is written. */
const OBJECT_CHARS = 60;
/** Three bytes each at most: a longer answer would fit into no frame. */
const MAX_REPLY_CHARS = MAX_POST_CHARS - 1_024;

/** Thrown when guest texts break the protocol: the prelude cannot have written them. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** Thrown when a run says more than it may, in words that are right by themselves. */
export class CallLimitError extends Error {
  override readonly name = "CallLimitError";
}

/** Serves one run's host calls: ids in order, so many at a time, replies in the order of their ends. */
export class CallDesk {
  readonly #context: CallContext;
  readonly #reply: (text: string) => void;
  readonly #budget: CallBudget;
  #lastId = 0;
  #inFlight = 0;
  #withoutTurn = 0;
  #heldChars = 0;
  readonly #waiting: (() => void)[] = [];

  /** `budget`: what the runs of one process share. */
  constructor(context: CallContext, reply: (text: string) => void, budget = new CallBudget()) {
    this.#context = context;
    this.#reply = reply;
    this.#budget = budget;
  }

  /** Takes one posted call. A repeated or skipped id, or a name that does not exist, is forged. */
  take(text: string): void {
    const match = CALL.exec(text);
    const id = Number(match?.[1]);
    const name = match?.[2] ?? "";
    const call = CALLS.get(name);
    if (match === null || call === undefined || id !== this.#lastId + 1) {
      throw new ProtocolError("a host call was forged");
    }
    this.#lastId = id;
    const chars = weightOf(text);
    if (this.#heldChars + chars > MAX_HELD_CHARS || !this.#budget.hold(chars)) {
      this.#reply(`e${String(id)} ${JSON.stringify(this.#failure(heldTooMuch()))}`);
      return;
    }
    this.#heldChars += chars;
    const json = text.slice(match[0].length);
    const argument: unknown = parseArgument(json);
    const held: Held = { chars, turns: WITHOUT_TURN.has(name) ? 0 : 1 };
    if (held.turns === 0 && this.#withoutTurn < MAX_WAITING) {
      void this.#serve(id, call, argument, held);
    } else if (this.#inFlight < this.#context.execution.limits.concurrentCalls) {
      void this.#serve(id, call, argument, held);
    } else if (this.#waiting.length < MAX_WAITING) {
      // As text: what is read of it weighs many times as much.
      this.#waiting.push(() => {
        void this.#serve(id, call, parseArgument(json), held);
      });
    } else {
      throw new CallLimitError(
        `The run has more than ${String(MAX_WAITING)} calls waiting: wait for some of them before making more.`,
      );
    }
  }

  /** Never rejects: every failure is a reply. */
  async #serve(id: number, call: HostCall, argument: unknown, held: Held): Promise<void> {
    this.#inFlight += held.turns;
    this.#withoutTurn += 1 - held.turns;
    let reply: string;
    try {
      this.#context.signal.throwIfAborted();
      const turn = this.#budget.turn();
      if (turn !== null) {
        await turn;
      }
      // A call that waited until the run was over has no effect any more.
      this.#context.signal.throwIfAborted();
      reply = answerOf(id, await call(this.#context, argument));
    } catch (error) {
      reply = `e${String(id)} ${JSON.stringify(this.#failure(error))}`;
    }
    this.#inFlight -= held.turns;
    this.#withoutTurn -= 1 - held.turns;
    this.#heldChars -= held.chars;
    this.#budget.letGo(held.chars);
    if (held.turns > 0) {
      this.#beginNext();
    }
    this.#reply(reply);
  }

  /** In a microtask of its own: thousands of calls whose run is over end at once, and not inside each other. */
  #beginNext(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      queueMicrotask(next);
    }
  }

  /** What guest code learns of a failed call: a product error's own words, and nothing of any other. */
  #failure(error: unknown): Failure {
    if (error instanceof TenonError) {
      const type =
        error.code.startsWith("TENON_FETCH") || error.code.startsWith("TENON_EGRESS") ? "TypeError" : "Error";
      const status = error instanceof AnsweredError ? { status: error.answered } : {};
      const reason = error instanceof ExchangeError ? { reason: error.reason } : {};
      return {
        code: error.code,
        message: this.#context.blind.text(error.message),
        type,
        ...status,
        ...reason,
      };
    }
    if (error instanceof DOMException) {
      return { code: "TENON_ABORTED", message: "The call was given up.", type: "Error" };
    }
    if (error instanceof Error && error.name === "ZodError") {
      return {
        code: "TENON_INVALID",
        message: "The call's arguments are not what it takes.",
        type: "TypeError",
      };
    }
    return {
      code: "TENON_INTERNAL",
      message: "The call failed for a reason of the product's own.",
      type: "Error",
    };
  }
}

/** What a call takes of its run's bounds. */
interface Held {
  readonly chars: number;
  readonly turns: 0 | 1;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly type: "Error" | "TypeError";
  /** What a third party answered, where the failure is its answer. */
  readonly status?: number;
  /** What the network or the protocol said, where an exchange failed: `ECONNREFUSED`. */
  readonly reason?: string;
}

/** Counted no further than matters. */
function weightOf(text: string): number {
  let chars = text.length + CALL_CHARS;
  for (const opening of ["{", "["]) {
    for (
      let at = text.indexOf(opening);
      at >= 0 && chars <= MAX_HELD_CHARS;
      at = text.indexOf(opening, at + 1)
    ) {
      chars += OBJECT_CHARS;
    }
  }
  return chars;
}

function answerOf(id: number, answer: unknown): string {
  const reply = `r${String(id)} ${JSON.stringify(answer ?? null)}`;
  if (reply.length > MAX_REPLY_CHARS) {
    throw new TooLargeError(
      `The answer comes to ${String(reply.length)} characters of JSON, and the workflow can be given ${String(MAX_REPLY_CHARS)} at once: ask for less.`,
    );
  }
  return reply;
}

function heldTooMuch(): TooLargeError {
  return new TooLargeError(
    `The calls that this run has under way hold more than ${String(MAX_HELD_CHARS / 2 ** 20)} MB: wait for some of them first.`,
  );
}

function parseArgument(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ProtocolError("a host call carries no JSON");
  }
}
