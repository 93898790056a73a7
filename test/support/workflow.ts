import type { Product } from "./product.ts";

/** A run as the API answers it. */
export interface RunJson {
  readonly id: string;
  readonly status: string;
  readonly result: unknown;
  readonly input: unknown;
  readonly attempt: number;
  readonly version: number;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly stack: string | null;
    readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
  } | null;
}

/** A line of a run's log as the API answers it. */
export interface LogJson {
  readonly id: string;
  readonly level: string;
  readonly message: string;
  readonly data: unknown;
}

/** Publishes and deploys a single-file workflow to `development`, making the workflow first where needed. */
export async function deployWorkflow(
  product: Pick<Product, "call">,
  slug: string,
  source: string,
): Promise<number> {
  await product.call("POST", "/workflows", { slug });
  const version = await product.call<{ number: number; detail?: string }>(
    "POST",
    `/workflows/${slug}/versions`,
    {
      source,
      filename: `${slug}.ts`,
    },
  );
  if (version.status >= 300) {
    throw new Error(`the workflow ${slug} was not published: ${JSON.stringify(version.body)}`);
  }
  const deployment = await product.call("POST", `/workflows/${slug}/deployments`, {
    environment: "development",
    version: version.body.number,
  });
  if (deployment.status >= 300) {
    throw new Error(`the workflow ${slug} was not deployed: ${JSON.stringify(deployment.body)}`);
  }
  return version.body.number;
}

/** Starts a run in `development` and waits for its end, up to `wait` seconds. */
export async function runWorkflow(
  product: Pick<Product, "call">,
  slug: string,
  input: unknown = null,
  options: { readonly wait?: number; readonly customer?: string } = {},
): Promise<RunJson> {
  const { wait = 30, customer } = options;
  const started = await product.call<RunJson>("POST", `/runs?wait=${String(wait)}`, {
    workflow: slug,
    environment: "development",
    input,
    ...(customer === undefined ? {} : { customer }),
  });
  if (started.status >= 300) {
    throw new Error(`the run was refused: ${JSON.stringify(started.body)}`);
  }
  return started.body;
}

/** Source of a workflow that is tried once: `handler` is its function, `options` more of `defineWorkflow`'s. */
export function triedOnce(handler: string, options = ""): string {
  return `import { defineWorkflow } from "tenon";
export default defineWorkflow({ retry: { maxAttempts: 1 }, ${options} }, ${handler});`;
}

/** Every line of a run's log, page after page. */
export async function logsOf(product: Pick<Product, "call">, runId: string): Promise<LogJson[]> {
  const lines: LogJson[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const { body } = await product.call<{ data: LogJson[]; nextCursor: string | null }>(
      "GET",
      `/runs/${runId}/logs?limit=1000${from}`,
    );
    lines.push(...body.data);
    cursor = body.nextCursor;
  }
  return lines;
}
