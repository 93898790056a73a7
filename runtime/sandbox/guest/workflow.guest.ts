import { makeCtx } from "./ctx.guest.ts";
import { post } from "./door.guest.ts";
import { brand, describeThrown, failure } from "./failure.guest.ts";
import { inputSchemaOf } from "./input-schema.guest.ts";
import type { Described } from "./input-schema.guest.ts";
import { hasOwn, parse, text, settle, toText } from "./primordials.guest.ts";
import { serialize } from "./serialize.guest.ts";
import type { StartPayload } from "./start.guest.ts";
import { claimEnd } from "./uncaught.guest.ts";

const WORKFLOW = Symbol.for("tenon.workflow");
const MANIFEST_LIMIT = 1_000_000;

type Handler = (ctx: unknown, input: unknown) => unknown;

/** What a bundle's default export turned out to be. */
interface Loaded {
  readonly handler: Handler;
  readonly options: Readonly<Record<string, unknown>>;
}

interface Standard extends Described {
  readonly validate: (value: unknown) => unknown;
}

/** Evaluates the bundle and runs or describes it. Whatever happens ends in exactly one last word. */
export function runWorkflow(payload: StartPayload, evaluate: () => unknown): void {
  void settle(perform(payload, evaluate), end, (error: unknown) => {
    end(`f${describeThrown(error)}`);
  });
}

function end(word: unknown): void {
  if (claimEnd()) {
    post(text(word));
  }
}

async function perform(payload: StartPayload, evaluate: () => unknown): Promise<string> {
  const loaded = load(evaluate);
  if (payload.mode === "describe") {
    return `d${manifestOf(loaded)}`;
  }
  const input = await validated(loaded.options.input, parse(payload.input));
  const { handler } = loaded;
  const result = await handler(makeCtx(payload, input), input);
  return `d${serialize(result, "The result", payload.limits.resultBytes)}`;
}

function load(evaluate: () => unknown): Loaded {
  let exported: unknown;
  try {
    exported = evaluate();
  } catch (error) {
    if (typeof error === "object" && error !== null) {
      brand(error, "TENON_IMPORT_FAILED");
      throw error;
    }
    throw failure("TENON_IMPORT_FAILED", `The workflow threw ${describeThrown(error)} while it was loaded.`);
  }
  const found = (exported as { default?: unknown } | null | undefined)?.default;
  if (typeof found === "function") {
    return { handler: found as Handler, options: {} };
  }
  if (typeof found === "object" && found !== null && WORKFLOW in found) {
    const { handler, options } = found as unknown as Loaded;
    if (typeof handler === "function") {
      return { handler, options: typeof options === "object" ? options : {} };
    }
  }
  const what =
    found === undefined ? "The workflow has no default export." : "The default export is not a workflow.";
  throw failure(
    "TENON_NO_EXPORT",
    `${what} Write \`export default async function (ctx) { … }\` or \`export default defineWorkflow({ … }, async (ctx) => { … })\`.`,
  );
}

function standardOf(schema: unknown): Standard | null {
  const standard = (schema as { "~standard"?: Standard } | null | undefined)?.["~standard"];
  return typeof standard?.validate === "function" ? standard : null;
}

function manifestOf({ options }: Loaded): string {
  const schema = options.input;
  const standard = standardOf(schema);
  if (schema !== undefined && schema !== null && standard === null) {
    throw failure("TENON_MANIFEST", "The option `input` is not a Standard Schema, such as a Zod object.");
  }
  return serialize({ ...options, input: inputSchemaOf(standard) }, "The manifest", MANIFEST_LIMIT);
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}

async function validated(schema: unknown, input: unknown): Promise<unknown> {
  const standard = standardOf(schema);
  if (standard === null) {
    return input;
  }
  const outcome = (await standard.validate(input)) as { value?: unknown; issues?: readonly Issue[] };
  if (outcome.issues === undefined) {
    return hasOwn(outcome, "value") ? outcome.value : input;
  }
  const [first] = outcome.issues;
  const path = (first?.path ?? [])
    .map((part) => toText(typeof part === "object" ? part.key : part))
    .join(".");
  throw failure(
    "TENON_INPUT_INVALID",
    `The input${path === "" ? "" : ` at ${path}`} does not fit the workflow's schema: ${first?.message ?? "invalid"}.`,
  );
}

/** The payload of a start, from its JSON text. */
export function readPayload(json: string): StartPayload {
  return parse(json) as StartPayload;
}
