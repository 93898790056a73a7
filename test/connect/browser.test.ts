import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { startFakeProvider } from "#sdk/connector-testing.ts";
import type { FakeProvider } from "#sdk/connector-testing.ts";
import { openBrowser } from "#test/support/browser-tab.ts";
import type { Browser } from "#test/support/browser-tab.ts";
import { eventually } from "#test/support/product.ts";
import { describeWithChromium } from "#test/support/require.ts";
import { startHostPage } from "./host-page.ts";
import type { HostPage } from "./host-page.ts";
import { addConnector, must, newSession, startBench } from "./kit.ts";
import type { ConnectBench } from "./kit.ts";

const SHOTS = process.env["TENON_TEST_SCREENSHOTS"];

interface Message {
  readonly origin: string;
  readonly source: string;
  readonly type: string;
  readonly connection?: { readonly id: string; readonly connector: string };
}

describeWithChromium("the connect page in a browser", () => {
  let bench: ConnectBench;
  let keyed: FakeProvider;
  let host: HostPage;
  let browser: Browser;
  const shot = async (name: string): Promise<void> => {
    if (SHOTS !== undefined) {
      await browser.tab.screenshot(`${SHOTS}/${name}.png`);
    }
  };
  beforeAll(async () => {
    bench = await startBench();
    keyed = await startFakeProvider({
      slug: "ledger",
      name: "Ledger & Co",
      description: "Invoices, bills and bank accounts of small companies.",
      hosts: ["api.ledger.example"],
      baseUrl: "https://api.ledger.example/v2",
      verification: { path: "/me" },
      auth: [
        {
          id: "key",
          type: "api-key",
          label: "API key",
          name: "X-Api-Key",
          help: "https://ledger.example/help/keys",
          fields: {
            apiKey: { label: "API key", type: "password", description: "Found under Settings → Developers." },
            region: {
              label: "Region",
              options: [
                { value: "eu", label: "Europe" },
                { value: "us", label: "United States" },
              ],
              default: "eu",
            },
          },
        },
      ],
    });
    await addConnector(bench.tenant, keyed);
    host = await startHostPage();
    browser = await openBrowser();
    await browser.tab.size(680, 760);
  });
  // The provider has one account, which each test connects: what is there already is made another one's.
  beforeEach(async () => {
    const { organizationId } = bench.tenant;
    await asOrganization(bench.api.db.database, organizationId, async (sql) => {
      await sql`update connections set account_id = id::text where organization_id = ${organizationId}`;
    });
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([host.close(), keyed.close()]);
    await bench.close();
  });

  test("walks through a redirect: list, key, provider and back", async () => {
    const { tab } = browser;
    const connectors = ["acme-crm", "ledger", "slack", "github", "hubspot", "stripe", "notion", "http"];
    const session = await newSession(bench.tenant, { connectors: connectors.slice(0, 6) });
    await tab.goto(session.url);
    await tab.until(`document.querySelectorAll(".connector").length >= 2`);
    expect(await tab.run("location.href")).toBe(session.url.split("#")[0]);
    expect(await tab.run("document.documentElement.outerHTML")).not.toContain(session.token);
    expect(await tab.run("document.querySelector('main').textContent")).toContain("Globex <b>GmbH</b>");
    await shot("list");
    await tab.click(`[data-view="connector=ledger"]`);
    await tab.until(`document.activeElement?.name === "f.apiKey"`);
    await shot("form");
    await tab.type(`[name="f.apiKey"]`, "wrong");
    await tab.click("button.primary");
    await tab.until(`document.querySelector("[role=alert]")?.textContent.includes("does not accept this")`);
    expect(await tab.run(`document.querySelector('[name="f.apiKey"]').value`)).toBe("");
    await shot("wrong-key");
    await tab.type(`[name="f.apiKey"]`, keyed.fields["apiKey"] ?? "");
    await tab.click("button.primary");
    await tab.until(`document.querySelector("#notice").textContent === "Ledger & Co is connected."`);
    await tab.click(`[data-view="connector=acme-crm"]`);
    await tab.until(`document.querySelector("form[data-authorize]") !== null`);
    await shot("consent");
    await tab.click("button.primary");
    await tab.until(`document.querySelector("#notice")?.textContent === "Acme CRM is connected."`);
    expect(await tab.run("document.querySelectorAll('.badge.good').length")).toBe(2);
    await shot("connected");
    await tab.goto(session.url.split("#")[0] ?? "");
    await tab.until(`document.querySelectorAll(".badge.good").length === 2`);
  });

  test("works in a popup, and tells the page that opened it, by its exact origin", async () => {
    const { tab } = browser;
    const session = await newSession(bench.tenant, { allowedOrigins: [host.origin] });
    await tab.goto(host.page("popup", session.url));
    await tab.click("button");
    const popup = await browser.next(/\/connect\//);
    await popup.click(`[data-view="connector=acme-crm"]`);
    await popup.click("button.primary");
    await tab.until(`messages.some(({ type }) => type === "connected")`);
    const messages = await tab.run<Message[]>("messages");
    expect(messages.map(({ type }) => type)).toEqual(["ready", "ready", "connected"]);
    expect(messages[2]).toMatchObject({
      origin: bench.api.url,
      source: "tenon-connect",
      connection: { connector: "acme-crm" },
    });
    await popup.until(`document.querySelector("#notice")?.textContent === "Acme CRM is connected."`);
    await popup.click("#done");
    await tab.until(`messages.at(-1).type === "closed"`);
  });

  test("works in a frame of an allowed origin: the provider gets a window of its own", async () => {
    const { tab } = browser;
    const session = await newSession(bench.tenant, { allowedOrigins: [host.origin] });
    await tab.goto(host.page("frame", session.url));
    await tab.until(`messages.some(({ type }) => type === "ready")`);
    const before = await must<{ data: unknown[] }>(bench.tenant, "GET", "/connections?customer=globex");
    await shot("frame");
    const frame = await browser.next(/\/connect\//);
    await frame.until(`document.querySelector('[data-view="connector=acme-crm"]') !== null`);
    await frame.run(`document.querySelector('[data-view="connector=acme-crm"]').click()`);
    await frame.until(`document.querySelector("form[data-authorize]") !== null`);
    await frame.run(`document.querySelector("button.primary").click()`);
    await tab.until(`messages.some(({ type }) => type === "connected")`);
    const after = await must<{ data: unknown[] }>(bench.tenant, "GET", "/connections?customer=globex");
    expect(after.data.length).toBe(before.data.length + 1);
  });

  test("is not shown in a frame of another origin, and tells it nothing", async () => {
    const { tab } = browser;
    const session = await newSession(bench.tenant, { allowedOrigins: ["https://app.example.com"] });
    const known = browser.complaints.length;
    await tab.goto(host.page("frame", session.url));
    await eventually("the browser refuses it", async () =>
      browser.complaints.slice(known).some((text) => text.includes("frame-ancestors")),
    );
    expect(await tab.run("messages")).toEqual([]);
  });

  test("is refused nothing by its own policy", () => {
    const own = browser.complaints.filter(
      (text) => !text.includes("frame-ancestors") && !text.includes("status of 4"),
    );
    expect(own).toEqual([]);
  });
});
