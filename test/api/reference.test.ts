import { afterAll, beforeAll, expect, test } from "vitest";
import { loadPage } from "#test/support/browser.ts";
import { describeWithChromium } from "#test/support/require.ts";
import { startApi } from "./server.ts";
import type { TestApi } from "./server.ts";

describeWithChromium("the reference page in a browser", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(async () => api.close());

  test("shows every operation, and its own policy refuses nothing of it", async () => {
    const document = (await (await fetch(`${api.url}/api/v1/openapi.json`)).json()) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
    };
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    const page = await loadPage(`${api.url}/docs`);
    expect(operations.length).toBeGreaterThan(40);
    for (const { operationId } of operations) {
      expect(page.dom, operationId).toContain(`id="${operationId}"`);
    }
    expect(page.console).toBe("");
  });
});
