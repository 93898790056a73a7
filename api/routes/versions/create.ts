import type { z } from "@hono/zod-openapi";
import { endpoint } from "#api/endpoint.ts";
import type { Call } from "#api/endpoint.ts";
import { LIMITS } from "#api/limits.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createSlowly } from "#api/middleware/idempotency.ts";
import { findWorkflow } from "#api/references.ts";
import type { SlugReference } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { TooLargeError } from "#runtime/errors.ts";
import { buildSource } from "#runtime/workflows/build.ts";
import { publish } from "#runtime/workflows/publish.ts";
import { createVersionBody, readVersion, versionSchema, versionsParams } from "./schema.ts";

type CreateCall = Call<z.output<typeof versionsParams>, unknown, z.output<typeof createVersionBody>>;

export const createVersion = endpoint({
  method: "post",
  path: "/workflows/{workflow}/versions",
  operationId: "createVersion",
  tag: "Versions",
  summary: "Publish a version",
  description:
    "Either one file of source, which is built here, or a bundle that the CLI built. The code is loaded in a sandbox before it is accepted; content that is already a version answers that one.",
  scope: "workflows:update",
  action: "version.publish",
  idempotent: true,
  bodyLimit: LIMITS.bundleBody,
  params: versionsParams,
  body: createVersionBody,
  bodyExample: { source: "export default async function (ctx) {\n  return { hello: ctx.input.name };\n}\n" },
  answers: {
    200: { description: "This content was a version already.", schema: versionSchema },
    201: { description: "The new version.", schema: versionSchema },
  },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const workflow = await asOrganization(parts.database, caller.organizationId, (sql) =>
    findWorkflow(sql, caller, params.workflow),
  );
  const { value, replayed } = await createSlowly(call, {
    create: async (complete) => {
      const { versionId, created } = await publishCode(call, workflow);
      return asOrganization(parts.database, caller.organizationId, async (sql) => {
        await complete(sql, versionId);
        if (created) {
          await audit(sql, call, { resourceId: versionId, details: { workflow: workflow.slug } });
        }
        return { version: await readVersion(sql, caller, workflow, versionId), created };
      });
    },
    find: async (sql, id) => ({ version: await readVersion(sql, caller, workflow, id), created: true }),
  });
  return { status: value.created ? 201 : 200, body: value.version, headers: replayed ? REPLAYED : {} };
});

async function publishCode({ parts, caller, body, context }: CreateCall, workflow: SlugReference) {
  return publish(parts, {
    organizationId: caller.organizationId,
    workflowId: workflow.id,
    ...(await build(body)),
    createdBy: caller.keyId,
    signal: context.req.raw.signal,
  });
}

async function build(body: z.output<typeof createVersionBody>) {
  const { source, bundle, filename = "workflow.ts", sourceMap } = body;
  if (Buffer.byteLength(source ?? bundle ?? "") > LIMITS.bundle) {
    throw new TooLargeError(`The code is larger than ${String(LIMITS.bundle)} bytes, the limit of a bundle.`);
  }
  return source === undefined
    ? { code: bundle ?? "", sourceMap: sourceMap ?? null, source: null }
    : { ...(await buildSource({ source, filename })), source };
}
