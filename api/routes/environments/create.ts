import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createOnce } from "#api/middleware/idempotency.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { newId } from "#runtime/ids.ts";
import { readEnvironment } from "./get.ts";
import { createEnvironmentBody, environmentSchema, showEnvironment } from "./schema.ts";
import type { EnvironmentRow } from "./schema.ts";

export const createEnvironment = endpoint({
  method: "post",
  path: "/environments",
  operationId: "createEnvironment",
  tag: "Environments",
  summary: "Create an environment",
  scope: "environments:manage",
  action: "environment.create",
  idempotent: true,
  body: createEnvironmentBody,
  bodyExample: { slug: "staging", name: "Staging" },
  answers: { 201: { description: "The new environment.", schema: environmentSchema } },
}).handledBy(async (call) => {
  const { caller, body } = call;
  requireReach(caller, { production: body.production, what: "the new environment would be production" });
  const id = newId();
  const { value, replayed } = await createOnce(call, {
    id,
    create: async (sql) => {
      const [row] = await sql<[EnvironmentRow]>`
          insert into environments (id, organization_id, slug, name, production)
          values (${id}, ${caller.organizationId}, ${body.slug}, ${body.name ?? body.slug}, ${body.production})
          returning id, slug, name, production, created_at, updated_at`;
      await audit(sql, call, { resourceId: id, details: { slug: body.slug, production: body.production } });
      return row;
    },
    find: (sql, earlier) => readEnvironment(sql, caller, earlier),
  });
  return { status: 201, body: showEnvironment(value), headers: replayed ? REPLAYED : {} };
});
