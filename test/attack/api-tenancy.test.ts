import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "#runtime/ids.ts";
import { readDocument } from "#test/api/client.ts";
import type { Problem } from "#test/api/client.ts";
import { insertRun, insertVersion } from "#test/api/fixtures.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";

/** What the victim owns, by the name of the path parameter that refers to it. */
type Belongings = Record<string, { readonly id: string; readonly slug?: string }>;

let api: TestApi;
let victim: Tenant;
let attacker: Tenant;
let belongings: Belongings;

beforeAll(async () => {
  api = await startApi();
  victim = await makeTenant(api);
  attacker = await makeTenant(api);
  belongings = await furnish(victim);
});
afterAll(async () => api.close());

/** Bodies that would succeed for the owner, by operationId: refusals must be for the id and nothing else. */
const BODIES: Record<string, unknown> = {
  updateEnvironment: { name: "taken over" },
  createVariable: { name: "PLANTED", value: "x" },
  putVariable: { value: "overwritten" },
  createSecret: { name: "PLANTED", value: "planted value" },
  putSecret: { value: "overwritten", hosts: ["evil.example"] },
  updateCustomer: { name: "taken over" },
  updateWorkflow: { status: "inactive" },
  createVersion: { source: "export default async () => 1;" },
  createDeployment: { environment: "development", version: 1 },
};

async function furnish(owner: Tenant): Promise<Belongings> {
  const { client } = owner;
  const make = async (path: string, body: unknown) => (await client.send("POST", path, body)).body;
  const environment = await make("/environments", { slug: "of-victim" });
  await make("/environments/of-victim/variables", { name: "DAYS", value: "30" });
  await make("/environments/of-victim/secrets", {
    name: "TOKEN",
    value: "victim's value",
    hosts: ["api.example"],
  });
  const customer = await make("/customers", { slug: "customer-of-victim" });
  const workflow = await make("/workflows", { slug: "workflow-of-victim" });
  const version = await insertVersion(api, owner, "workflow-of-victim");
  await make("/workflows/workflow-of-victim/deployments", { environment: "of-victim", version: 1 });
  const where = { workflow: "workflow-of-victim", environment: "of-victim" };
  const run = await insertRun(api, owner, where, {
    status: "running",
    input: "private input",
    logs: ["private line"],
  });
  return {
    environment: { id: environment.id, slug: "of-victim" },
    customer: { id: customer.id, slug: "customer-of-victim" },
    workflow: { id: workflow.id, slug: "workflow-of-victim" },
    version: { id: version },
    run: { id: run },
    id: { id: owner.keyId },
  };
}

interface Target {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
}

/** Every operation with a parameter in its path, as the document lists them. */
async function targets(): Promise<Target[]> {
  const { paths } = await readDocument(api.url);
  return Object.entries(paths).flatMap(([path, item]) =>
    path.includes("{")
      ? Object.entries(item).map(([method, operation]) => ({
          operationId: (operation as unknown as { operationId: string }).operationId,
          method: method.toUpperCase(),
          path: path.replace("/api/v1", ""),
        }))
      : [],
  );
}

function fill(path: string, values: (name: string) => string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === "name" ? (path.includes("secrets") ? "TOKEN" : "DAYS") : values(name),
  );
}

/** A problem without what differs from request to request. */
function shape(problem: Problem, reference: string): object {
  return { ...problem, requestId: "<request>", detail: problem.detail.replaceAll(reference, "<id>") };
}

describe("another organization's ids", () => {
  test("answer on every route exactly as ids that do not exist", async () => {
    const all = await targets();
    expect(all.length).toBeGreaterThan(25);
    for (const { operationId, method, path } of all) {
      const needsBody = ["POST", "PUT", "PATCH"].includes(method) && !path.endsWith("/cancel");
      const body = needsBody ? BODIES[operationId] : undefined;
      if (needsBody && body === undefined) {
        throw new Error(`${operationId} is new: give this test a body for it`);
      }
      const attack = async (values: (name: string) => string) => {
        const target = fill(path, values);
        const answer = await attacker.client.send<Problem>(method, target, body);
        return { target, answer };
      };
      const missing = newId();
      const unknown = await attack(() => missing);
      const stolen = await attack((name) => belongings[name]?.id ?? missing);
      const bySlug = await attack((name) => belongings[name]?.slug ?? belongings[name]?.id ?? missing);
      for (const { target, answer } of [unknown, stolen, bySlug]) {
        expect({ operationId, target, status: answer.status }).toEqual({ operationId, target, status: 404 });
      }
      const stolenReference = firstReference(stolen.answer.body.detail);
      const unknownReference = firstReference(unknown.answer.body.detail);
      expect(shape(stolen.answer.body, stolenReference)).toEqual(
        shape(unknown.answer.body, unknownReference),
      );
    }
  });

  test("in a body or a query answer the same 404", async () => {
    const { client } = attacker;
    await client.send("POST", "/environments", { slug: "own" });
    await client.send("POST", "/workflows", { slug: "own-flow" });
    await insertVersion(api, attacker, "own-flow");
    const { environment, customer, workflow, version } = belongings;
    const attempts: [string, string, unknown?][] = [
      ["POST", "/runs", { workflow: workflow?.id, environment: "own" }],
      ["POST", "/runs", { workflow: "own-flow", environment: environment?.id }],
      ["POST", "/runs", { workflow: "own-flow", environment: "own", customer: customer?.id }],
      ["POST", "/workflows/own-flow/deployments", { environment: environment?.id, version: 1 }],
      ["POST", "/workflows/own-flow/deployments", { environment: "own", version: version?.id }],
      ["PUT", `/environments/own/secrets/TOKEN?customer=${String(customer?.id)}`, { value: "planted value" }],
      ["GET", `/environments/own/secrets?customer=${String(customer?.id)}`],
      ["GET", `/runs?workflow=${String(workflow?.id)}`],
      ["GET", `/runs?customer=${String(customer?.id)}`],
      ["GET", `/deployments?environment=${String(environment?.id)}`],
    ];
    for (const [method, path, body] of attempts) {
      const answer = await client.send<Problem>(method, path, body);
      expect({ path, body, status: answer.status }).toEqual({ path, body, status: 404 });
    }
  });

  test("never show in a list, and nothing of the victim was changed", async () => {
    for (const path of [
      "/environments",
      "/customers",
      "/workflows",
      "/deployments",
      "/runs",
      "/api-keys",
      "/audit",
    ]) {
      const text = JSON.stringify((await attacker.client.get(path)).body);
      for (const { id } of Object.values(belongings)) {
        expect(text).not.toContain(id);
      }
    }
    const { client } = victim;
    expect((await client.get("/environments/of-victim/variables/DAYS")).body).toMatchObject({ value: "30" });
    expect((await client.get("/environments/of-victim/secrets/TOKEN")).body).toMatchObject({ version: 1 });
    expect((await client.get("/workflows/workflow-of-victim")).body).toMatchObject({ status: "active" });
    expect((await client.get(`/runs/${String(belongings["run"]?.id)}`)).body).toMatchObject({
      cancelRequested: false,
    });
    expect((await client.get(`/api-keys/${victim.keyId}`)).body).toMatchObject({ revokedAt: null });
  });

  test("as a list's cursor give nothing away", async () => {
    const own = await attacker.client.get<{ data: unknown[] }>(
      `/customers?cursor=${String(belongings["customer"]?.id)}`,
    );
    expect(own).toMatchObject({ status: 200, body: { data: [] } });
  });
});

function firstReference(detail: string): string {
  return /"([^"]+)"\.$/.exec(detail)?.[1] ?? "";
}
