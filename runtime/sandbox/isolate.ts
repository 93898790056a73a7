import ivm from "isolated-vm";

/** The prelude as this process compiles it: once for its cache, then from the cache. */
export interface Prelude {
  readonly code: string;
  cache: ivm.ExternalCopy<ArrayBuffer> | null;
}

/**
 * An isolate with the prelude evaluated and nothing of anybody's in it. Between it and this process there is
 * one door each way: the guest got `post`, and `deliver` is the only reference that is kept.
 */
export interface FreshIsolate {
  readonly isolate: ivm.Isolate;
  readonly context: ivm.Context;
  readonly deliver: ivm.Reference<(text: string) => void>;
  readonly memoryMb: number;
  /** Where posted texts go; set when a run takes the isolate. */
  receive: (text: unknown) => void;
  /** Told when V8 lost control over the isolate. */
  catastrophe: () => void;
}

/** The file name of product code inside the isolate: its frames are never shown. */
export const PRELUDE_FILE = "tenon:prelude";
/** The prelude's own evaluation takes a few milliseconds; this bounds a broken build of it. */
const PRELUDE_TIMEOUT_MS = 10_000;

/** Makes an isolate with a context, evaluates the prelude and opens the two doors. */
export async function createIsolate(prelude: Prelude, memoryMb: number): Promise<FreshIsolate> {
  // The handler makes isolated-vm give up on a thread that never returns, instead of spinning beside it.
  const isolate = new ivm.Isolate({
    memoryLimit: memoryMb,
    onCatastrophicError: () => {
      fresh?.catastrophe();
    },
  });
  let fresh: FreshIsolate | null = null;
  const [context, script] = await Promise.all([isolate.createContext(), compilePrelude(isolate, prelude)]);
  const boot: ivm.Reference<(post: ivm.Callback) => (text: string) => void> = await script.run(context, {
    reference: true,
    release: true,
    timeout: PRELUDE_TIMEOUT_MS,
  });
  const post = new ivm.Callback((text: unknown) => fresh?.receive(text), { ignored: true });
  const deliver = await boot.apply(undefined, [post], {
    result: { reference: true },
    timeout: PRELUDE_TIMEOUT_MS,
  });
  boot.release();
  fresh = { isolate, context, deliver, memoryMb, receive: ignore, catastrophe: ignore };
  return fresh;
}

async function compilePrelude(isolate: ivm.Isolate, prelude: Prelude): Promise<ivm.Script> {
  const { cache } = prelude;
  if (cache !== null) {
    return await isolate.compileScript(prelude.code, { filename: PRELUDE_FILE, cachedData: cache });
  }
  const script = await isolate.compileScript(prelude.code, {
    filename: PRELUDE_FILE,
    produceCachedData: true,
  });
  prelude.cache ??= cacheOf(script);
  return script;
}

/** The code cache that compiling with `produceCachedData` leaves on the script; isolated-vm's types omit it. */
export function cacheOf(script: ivm.Script): ivm.ExternalCopy<ArrayBuffer> | null {
  return (script as ivm.Script & { readonly cachedData?: ivm.ExternalCopy<ArrayBuffer> }).cachedData ?? null;
}

function ignore(): void {
  // A spare isolate has nobody to tell.
}
