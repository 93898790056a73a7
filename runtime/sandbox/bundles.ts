import type ivm from "isolated-vm";
import { cacheOf } from "./isolate.ts";
import { WORKFLOW_FILE, WORKFLOW_ORIGIN, wrap } from "./script.ts";
import { KNOWN_BUNDLES } from "./wire.ts";

/** A workflow bundle as this process knows it: proven to be one whole script, with V8's code cache. */
interface KnownBundle {
  /** The bundle inside the function that hands it to the prelude. */
  readonly source: string;
  cache: ivm.ExternalCopy<ArrayBuffer> | null;
  /** Whether the cache holds the functions that a whole run called. */
  seasoned: boolean;
}

/** Twice what the worker takes for known: what it does not send again is here when its run comes to it. */
const MAX_BUNDLES = 2 * KNOWN_BUNDLES;

/** Thrown for a bundle that is no script; its message and stack are V8's own. */
export class ParseError extends Error {
  override readonly name = "ParseError";
}

/**
 * The bundles of the one organization that this process serves. V8 does not verify code caches, so they stay
 * in this process's memory and are used under the hash of the very text that made them.
 */
export class Bundles {
  readonly #known = new Map<string, KnownBundle>();

  /** A run of a bundle starts, with its code where it may be new; the least recently started is forgotten. */
  begin(hash: string, code: string | null): void {
    const known =
      this.#known.get(hash) ?? (code === null ? null : { source: code, cache: null, seasoned: false });
    if (known !== null) {
      this.#known.delete(hash);
      this.#known.set(hash, known);
    }
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_BUNDLES && oldest !== undefined) {
      this.#known.delete(oldest);
    }
  }

  /** Compiles a bundle in `isolate`, ready to be run; a ParseError says why it cannot be. */
  async compile(isolate: ivm.Isolate, hash: string): Promise<ivm.Script> {
    const bundle = this.#known.get(hash);
    if (bundle === undefined) {
      throw new Error("The worker named a bundle that it never sent.");
    }
    if (bundle.cache !== null) {
      return await isolate.compileScript(wrap(bundle.source), {
        ...WORKFLOW_ORIGIN,
        cachedData: bundle.cache,
      });
    }
    await checkWhole(isolate, bundle.source);
    const script = await parsed(
      isolate.compileScript(wrap(bundle.source), { ...WORKFLOW_ORIGIN, produceCachedData: true }),
    );
    bundle.cache ??= cacheOf(script);
    return script;
  }

  /** Whether a run of that bundle has something to teach: its functions are compiled anew in each run. */
  isNew(hash: string): boolean {
    return this.#known.get(hash)?.seasoned === false;
  }

  /**
   * Makes the code cache anew in an isolate that has run the bundle: V8 compiles functions when they are first
   * called, finds the same text again, and caches it with all that has been called since.
   */
  async season(isolate: ivm.Isolate, hash: string): Promise<void> {
    const bundle = this.#known.get(hash);
    if (bundle === undefined || bundle.seasoned) {
      return;
    }
    bundle.seasoned = true;
    try {
      const options = { ...WORKFLOW_ORIGIN, produceCachedData: true };
      bundle.cache = cacheOf(await isolate.compileScript(wrap(bundle.source), options)) ?? bundle.cache;
    } catch {
      // The isolate went away: the cache that there is will do.
    }
  }
}

/**
 * A text that parses as a script by itself cannot close the function that it is wrapped in. In that function
 * it is started by the prelude, which catches what it throws: isolated-vm never copies an author's error.
 */
async function checkWhole(isolate: ivm.Isolate, code: string): Promise<void> {
  const script = await parsed(isolate.compileScript(code, { filename: WORKFLOW_FILE }));
  script.release();
}

/** A script that does not parse, or is nested too deeply to, is its author's to mend. */
async function parsed(compiling: Promise<ivm.Script>): Promise<ivm.Script> {
  try {
    return await compiling;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) {
      throw new ParseError(error.message, { cause: error.stack });
    }
    throw error;
  }
}
