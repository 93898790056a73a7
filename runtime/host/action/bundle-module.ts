import { InvalidError } from "#runtime/errors.ts";
import { contentHash } from "#runtime/ids.ts";
import { bundleWorkflow } from "#sdk/bundle.ts";
import { BundleError } from "#sdk/errors.ts";
import type { Bundle } from "../execution.ts";

/** A cache: modules of connectors as they were built, by the hash of their text. */
const built = new Map<string, Promise<Bundle>>();
const KEPT = 100;

/**
 * Builds the JavaScript module of a connector, an auth handler or a `code` action, into what a sandbox loads. Like
 * every source from outside it may import `tenon` and `zod` only.
 *
 * @throws InvalidError `TENON_CONNECTOR_CODE` with the place in the module
 */
export async function bundleModule(source: string, exported: "authenticate" | "run"): Promise<Bundle> {
  const key = contentHash(`${exported}\n${source}`);
  const known = built.get(key);
  if (known !== undefined) {
    return known;
  }
  const bundle = build(source, exported);
  built.set(key, bundle);
  const [oldest] = built.keys();
  if (built.size > KEPT && oldest !== undefined) {
    built.delete(oldest);
  }
  return bundle;
}

async function build(source: string, exported: string): Promise<Bundle> {
  try {
    const { code, sourceMap } = await bundleWorkflow({
      source: `${source}\nexport { ${exported} as default };`,
      filename: `${exported}.mjs`,
    });
    return { hash: contentHash(code), code, sourceMap };
  } catch (error) {
    if (!(error instanceof BundleError)) {
      throw error;
    }
    const [issue] = error.issues;
    throw new InvalidError(
      `The connector's module, which must export a function "${exported}", does not build: line ${String(issue?.line ?? 0)}: ${issue?.message ?? ""}`,
      { code: "TENON_CONNECTOR_CODE" },
    );
  }
}
