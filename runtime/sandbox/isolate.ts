import ivm from "isolated-vm";
import { PRELUDE_FILE } from "./script.ts";

/** The prelude as every isolate of this process compiles it. */
export interface Prelude {
  readonly code: string;
  readonly cache: ivm.ExternalCopy<ArrayBuffer>;
}

/**
 * An isolate with the prelude evaluated in a context of its own and nothing of anybody's in it. Between it and this
 * process there is one door each way: the guest got `post`, and `deliver` is the only reference that is kept.
 */
export interface FreshIsolate {
  readonly isolate: ivm.Isolate;
  readonly context: ivm.Context;
  readonly deliver: ivm.Reference<(text: string) => void>;
  readonly memoryMb: number;
  /** Runs that the isolate served before, each in another context. */
  readonly served: number;
  /** When the isolate was made, as `performance.now()` counts. */
  readonly since: number;
  /** Hash of the bundle that is there already, and only waits for what its run is told; null: none is. */
  readonly loaded: string | null;
  /** What of the isolate outlives its contexts. */
  readonly shell: Shell;
  /** Where its posts arrive. */
  readonly door: DoorOut;
  /** Where posted texts go; set when a run takes the isolate. */
  receive: (text: unknown) => void;
  /** Told when V8 lost control over the isolate. */
  catastrophe: () => void;
}

/** An isolate as it is between two runs. */
interface Shell {
  readonly isolate: ivm.Isolate;
  readonly memoryMb: number;
  readonly since: number;
  /** The prelude as this isolate compiled it; each context evaluates it for itself. */
  readonly prelude: ivm.Script;
  /** The one bundle that the isolate serves, once that is known; loading it runs nothing of it. */
  bundle: { readonly hash: string; readonly script: ivm.Script } | null;
  served: number;
  fresh: FreshIsolate | null;
}

/** The prelude's own evaluation takes a few milliseconds; this bounds a broken build of it. */
const PRELUDE_TIMEOUT_MS = 10_000;

type Boot = ivm.Reference<(post: ivm.Callback) => (text: string) => void>;

const BOOT = { reference: true, timeout: PRELUDE_TIMEOUT_MS } as const;
const DELIVER = { result: { reference: true }, timeout: PRELUDE_TIMEOUT_MS } as const;

/** Makes an isolate with a context, evaluates the prelude and opens the two doors. */
export async function createIsolate(prelude: Prelude, memoryMb: number): Promise<FreshIsolate> {
  // The handler makes isolated-vm give up on a thread that never returns, instead of spinning beside it.
  const isolate = new ivm.Isolate({
    memoryLimit: memoryMb,
    onCatastrophicError: () => {
      shell?.fresh?.catastrophe();
    },
  });
  let shell: Shell | null = null;
  const [context, script] = await Promise.all([
    isolate.createContext(),
    isolate.compileScript(prelude.code, { filename: PRELUDE_FILE, cachedData: prelude.cache }),
  ]);
  shell = {
    isolate,
    memoryMb,
    since: performance.now(),
    prelude: script,
    bundle: null,
    served: 0,
    fresh: null,
  };
  return await furnish(shell, context);
}

/**
 * The same isolate with another context, as pristine as its first, and its bundle loaded. Whatever served the run
 * before is let go: its context, the door in, and where its door out led.
 *
 * At once, in this thread: only the prelude runs, and each change of threads would cost as much as a tenth of a run.
 */
export function renewIsolate(used: FreshIsolate): FreshIsolate {
  const { shell } = used;
  disconnect(used);
  used.deliver.release();
  used.context.release();
  shell.served += 1;
  const context = shell.isolate.createContextSync();
  const boot = shell.prelude.runSync(context, BOOT) as Boot;
  const door: DoorOut = { leadsTo: null };
  const deliver = boot.applySync(undefined, [callbackTo(door)], DELIVER) as FreshIsolate["deliver"];
  boot.release();
  shell.bundle?.script.runSync(context, { timeout: PRELUDE_TIMEOUT_MS });
  return furnished(shell, { context, deliver, door });
}

async function furnish(shell: Shell, context: ivm.Context): Promise<FreshIsolate> {
  const boot = (await shell.prelude.run(context, BOOT)) as Boot;
  const door: DoorOut = { leadsTo: null };
  const deliver = await boot.apply(undefined, [callbackTo(door)], DELIVER);
  boot.release();
  return furnished(shell, { context, deliver, door });
}

/** Lets nothing arrive any more that the isolate's context posts. */
export function disconnect(fresh: FreshIsolate): void {
  fresh.door.leadsTo = null;
}

/** Where a guest's way out leads: of one context alone. */
interface DoorOut {
  leadsTo: FreshIsolate | null;
}

/** isolated-vm never lets go of a callback whose isolate was disposed of: it must hold nothing but its door. */
function callbackTo(door: DoorOut): ivm.Callback {
  return new ivm.Callback((text: unknown) => door.leadsTo?.receive(text), { ignored: true });
}

function furnished(shell: Shell, opened: Pick<FreshIsolate, "context" | "deliver" | "door">): FreshIsolate {
  const { isolate, memoryMb, since, served } = shell;
  const fresh: FreshIsolate = {
    ...opened,
    isolate,
    memoryMb,
    since,
    served,
    shell,
    loaded: served > 0 ? (shell.bundle?.hash ?? null) : null,
    receive: ignore,
    // Until the next run takes it, the one before answers for the isolate.
    catastrophe: shell.fresh?.catastrophe ?? ignore,
  };
  opened.door.leadsTo = fresh;
  shell.fresh = fresh;
  return fresh;
}

/** What an isolate that is only made for its code cache is told to run: the usual things, once. */
const REHEARSAL = `__tenonLoad(function () {
  return { default: async (ctx) => {
    ctx.log.info("x", { x: [ctx.variables, ctx.secrets] });
    console.log("x", { x: 1 });
    ctx.fetch("https://x.test/a?b=c", { method: "POST", headers: { a: "b" }, body: "a" }).catch(() => {});
    await new Response("1", { headers: { a: "b" } }).json();
    return { x: ["x", 1, true, null] };
  } };
})`;
const REHEARSAL_PAYLOAD = `s${JSON.stringify({
  mode: "run",
  role: "workflow",
  handler: null,
  input: "null",
  headers: {},
  facts: { run: {}, environment: {}, customer: null },
  variables: {},
  secrets: {},
  connections: {},
  seed: "",
  limits: { resultBytes: 1_000, bodyBytes: 0, logLines: 10, logBytes: 1_000, logLineBytes: 1_000 },
})}`;

/**
 * Compiles the prelude, with a code cache that holds the functions that a run uses. V8 compiles functions when
 * they are first called and caches what is compiled: so the prelude is rehearsed before its cache is taken,
 * in an isolate of its own, before this process has seen anybody's code.
 */
export async function preparePrelude(code: string, memoryMb: number): Promise<Prelude> {
  const isolate = new ivm.Isolate({ memoryLimit: memoryMb });
  const context = await isolate.createContext();
  const options = { filename: PRELUDE_FILE };
  const timeout = PRELUDE_TIMEOUT_MS;
  const boot = await (await isolate.compileScript(code, options)).run(context, { reference: true, timeout });
  const post = new ivm.Callback(ignore, { ignored: true });
  const deliver = await (boot as Boot).apply(undefined, [post], { result: { reference: true }, timeout });
  await deliver.apply(undefined, [REHEARSAL_PAYLOAD], { timeout });
  await context.eval(REHEARSAL, { timeout });
  // The same text again: V8 finds what it compiled, with all that has been called since.
  const cache = cacheOf(await isolate.compileScript(code, { ...options, produceCachedData: true }));
  isolate.dispose();
  if (cache === null) {
    throw new Error("V8 made no code cache.");
  }
  return { code, cache };
}

/** The code cache that compiling with `produceCachedData` leaves on the script; isolated-vm's types omit it. */
export function cacheOf(script: ivm.Script): ivm.ExternalCopy<ArrayBuffer> | null {
  return (script as ivm.Script & { readonly cachedData?: ivm.ExternalCopy<ArrayBuffer> }).cachedData ?? null;
}

function ignore(): void {
  // A spare isolate has nobody to tell.
}
