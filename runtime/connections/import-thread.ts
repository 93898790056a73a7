import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { importOpenApi } from "#sdk/connector/openapi/import.ts";
import { DefinitionError } from "#sdk/connector/parse.ts";

/**
 * A thread that reads one OpenAPI document and ends: what somebody else's document costs in time and memory must
 * not be the api's.
 */
const given = z
  .object({
    text: z.string(),
    slug: z.string().exactOptional(),
    name: z.string().exactOptional(),
    baseUrl: z.string().exactOptional(),
    only: z.array(z.string()).exactOptional(),
  })
  .parse(workerData);

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
parentPort?.postMessage(run());

function run(): object {
  const { text, ...options } = given;
  try {
    return { report: importOpenApi(text, options) };
  } catch (error) {
    if (error instanceof DefinitionError) {
      return { issues: error.issues };
    }
    throw error;
  }
}
