import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProject } from "#test/sdk/project.ts";
import type { TestProject } from "#test/sdk/project.ts";
import { startProduct, startService } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";

const SECRET = "managed-secret-4f1c9a";

let product: Product;
let project: TestProject;
beforeAll(async () => {
  project = createProject();
  const file = project.write(
    "apps.json",
    JSON.stringify({ slack: { clientId: "operators-client", clientSecret: SECRET } }),
  );
  product = await startProduct({ workers: 0, env: { TENON_OAUTH_APPS: file } });
});
afterAll(async () => {
  await product.close();
  project.remove();
});

async function authorize(
  connector: string,
): Promise<{ status: number; text: string; clientId: string | null }> {
  const answer = await product.call<{ authorizeUrl?: string }>("POST", "/connections/authorize", {
    environment: "development",
    connector,
    name: "Ours",
  });
  const { authorizeUrl } = answer.body;
  return {
    status: answer.status,
    text: JSON.stringify(answer.body),
    clientId: authorizeUrl === undefined ? null : new URL(authorizeUrl).searchParams.get("client_id"),
  };
}

describe("the operator's OAuth apps", () => {
  test("let connect sessions offer what needs them", async () => {
    await product.call("POST", "/customers", { slug: "acme", name: "Acme" });
    const { status, body } = await product.call<{ warnings: string[] }>("POST", "/connect-sessions", {
      environment: "development",
      customer: "acme",
      connectors: ["slack", "dropbox"],
    });
    expect(status).toBe(201);
    expect(body.warnings).toEqual([expect.stringMatching(/^"dropbox" cannot be connected/)]);
  });

  test("serve an organization that has none of its own, and give way to its own", async () => {
    const before = await authorize("slack");
    expect(before).toMatchObject({ clientId: "operators-client" });
    expect(before.text).not.toContain(SECRET);
    await product.call("POST", "/oauth-apps", {
      connector: "slack",
      name: "Our own",
      clientId: "own-client",
      clientSecret: "own-secret-value",
    });
    expect(await authorize("slack")).toMatchObject({ clientId: "own-client" });
  });

  test("never show among the organization's", async () => {
    const { body } = await product.call<{ data: { connector: string; clientId: string }[] }>(
      "GET",
      "/oauth-apps",
    );
    expect(body.data.map(({ clientId }) => clientId)).not.toContain("operators-client");
    expect(JSON.stringify(body)).not.toContain(SECRET);
  });

  test("leave connectors without one as they are", async () => {
    const answer = await authorize("dropbox");
    expect(answer.status).toBe(409);
    expect(answer.text).toContain("TENON_OAUTH_APP_MISSING");
  });
});

describe("a wrong file", () => {
  const start = async (file: string): Promise<string> => {
    try {
      const api = await startService("api", {
        DATABASE_URL: product.db.url,
        TENON_MASTER_KEY: product.db.masterKey.toString("base64"),
        TENON_OAUTH_APPS: file,
        PORT: "0",
      });
      await api.stop();
      return "started";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  test.each([
    ["is not there", null, "cannot be read (ENOENT)"],
    ["is not JSON", "{", "it is not JSON"],
    ["lacks a client id", '{"slack":{"clientSecret":"tell-nobody-91"}}', "slack.clientId"],
    [
      "names an organization's connector",
      '{"acme-crm":{"clientId":"x","clientSecret":"tell-nobody-91"}}',
      '"acme-crm" is no built-in connector',
    ],
  ])("that %s stops the start with one line that names it", async (_what, text, message) => {
    const file = `${project.folder}/wrong.json`;
    if (text !== null) {
      writeFileSync(file, text);
    }
    const reason = await start(file);
    expect(reason).toContain("TENON_OAUTH_APPS");
    expect(reason).toContain(message);
    expect(reason).not.toContain("tell-nobody");
  });
});
