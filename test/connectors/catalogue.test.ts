import { describe, expect, it } from "vitest";
import { builtInCredentialTypes, searchCredentialTypes } from "#connectors/credential-types.ts";
import { builtInConnector, builtInDefinition, builtInSlugs } from "#connectors/index.ts";
import { LOCK_FILE, lockOf, readLock } from "#connectors/lock.ts";
import { lintConnector } from "#sdk/connector/lint.ts";
import { parseConnector } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";

const WANTED = [
  "airtable anthropic asana discord dropbox github gmail google-calendar google-drive google-sheets http hubspot",
  "intercom jira linear mailchimp microsoft-365 notion openai quickbooks salesforce sendgrid shopify slack stripe",
  "twilio xero zendesk",
].flatMap((line) => line.split(" "));

function connectorOf(slug: string): Connector {
  const connector = builtInConnector(slug);
  if (connector === undefined) {
    throw new Error(`There is no connector "${slug}".`);
  }
  return connector;
}

describe("the catalogue", () => {
  it("has the platforms that are asked for first", () => {
    expect(builtInSlugs()).toEqual(expect.arrayContaining(WANTED));
    expect(builtInConnector("no-such-platform")).toBeUndefined();
  });

  it("parses a connector once", () => {
    expect(builtInConnector("slack")).toBe(builtInConnector("slack"));
  });

  // After a change run this file with `-u`: it writes the lock anew, with the next version of what changed.
  it("is as it was locked", async () => {
    const lock = `${JSON.stringify(lockOf(readLock()), null, 2)}\n`;
    await expect(lock).toMatchFileSnapshot(LOCK_FILE);
  });

  it("counts the version of a connector up when its definition changes, and only then", () => {
    const lock = readLock();
    const before = { ...lock, slack: { version: 7, hash: "of another definition" } };
    expect(lockOf(before)["slack"]?.version).toBe(8);
    expect(lockOf(before)["github"]).toEqual(lock["github"]);
  });
});

describe.each(builtInSlugs())("%s", (slug) => {
  it("is found by the slug that it has, and takes everything that it writes", () => {
    const connector = connectorOf(slug);
    expect(connector.slug).toBe(slug);
    expect(parseConnector(structuredClone(builtInDefinition(slug)))).toEqual(connector);
  });

  it("has no warning", () => {
    expect(lintConnector(connectorOf(slug)).filter(({ level }) => level === "warning")).toEqual([]);
  });

  it("is public, described, and tells from which pages it was written, and when", () => {
    const connector = connectorOf(slug);
    expect(connector.visibility).toBe("public");
    expect(connector.description).not.toBe("");
    expect(connector.categories.length).toBeGreaterThan(0);
    expect(connector.sources.length).toBeGreaterThan(0);
    for (const { read } of connector.sources) {
      expect(read).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
  });

  it("names pages of its vendor only", () => {
    const { sources, domain } = connectorOf(slug);
    const repositories = (VENDOR_REPOSITORIES[slug] ?? []).map((owner) => `github.com/${owner}`);
    const own = [...(VENDOR_PAGES[slug] ?? [domain ?? "rfc-editor.org"]), ...repositories];
    for (const { url } of sources) {
      const { hostname, pathname } = new URL(url);
      const shared = hostname === "github.com" && domain !== "github.com";
      const place = shared ? `github.com/${pathname.split("/")[1] ?? ""}` : hostname;
      expect(own, url).toContainEqual(
        expect.toSatisfy((known: string) => place === known || place.endsWith(`.${known}`)),
      );
    }
  });

  it("has at least three actions, each with its source and with every input described", () => {
    const { actions } = connectorOf(slug);
    expect(actions.length).toBeGreaterThanOrEqual(3);
    for (const action of actions) {
      expect(action.source, action.slug).toMatch(/^https:/);
      const properties = typeof action.input === "object" ? action.input["properties"] : {};
      for (const [name, schema] of Object.entries(properties ?? {})) {
        expect(schema, `${action.slug}.${name}`).toMatchObject({ description: expect.stringMatching(/\S/) });
      }
    }
  });

  it("names each action once in camelCase, as workflows call it", () => {
    const names = connectorOf(slug).actions.map((action) =>
      action.slug.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});

/** Vendors whose documentation stands at other domains than the product. */
const VENDOR_PAGES: Readonly<Record<string, readonly string[]>> = {
  "amazon-selling-partner": ["developer-docs.amazon.com"],
  dropbox: ["dropbox.com", "dropbox.tech"],
  "exact-online": ["exactonline.com", "exactonline.nl"],
  gmail: ["google.com", "googleapis.com"],
  "google-calendar": ["google.com", "googleapis.com"],
  "google-drive": ["google.com", "googleapis.com"],
  "google-sheets": ["google.com", "googleapis.com"],
  pipedrive: ["pipedrive.readme.io", "pipedrive.com"],
  reddit: ["reddit.com"],
  sendgrid: ["twilio.com"],
  shopify: ["shopify.dev"],
  slack: ["slack.com", "slack.dev"],
};

/** Where vendors publish the descriptions of their APIs: their organizations at github.com. */
const VENDOR_REPOSITORIES: Readonly<Record<string, readonly string[]>> = {
  airtable: ["Airtable"],
  "amazon-selling-partner": ["amzn"],
  anthropic: ["anthropics"],
  asana: ["Asana"],
  auth0: ["auth0"],
  calendly: ["calendly"],
  discord: ["discord"],
  dropbox: ["dropbox"],
  "exact-online": ["exactonline"],
  facebook: ["facebook"],
  hubspot: ["HubSpot"],
  intercom: ["intercom"],
  jira: ["atlassian"],
  linear: ["linear"],
  mailchimp: ["mailchimp"],
  "microsoft-365": ["microsoftgraph", "MicrosoftDocs"],
  notion: ["makenotion"],
  openai: ["openai"],
  pipedrive: ["pipedrive"],
  quickbooks: ["intuit", "IntuitDeveloper"],
  reddit: ["reddit-archive"],
  salesforce: ["forcedotcom"],
  sendgrid: ["sendgrid", "twilio"],
  shopify: ["Shopify"],
  slack: ["slackapi"],
  stripe: ["stripe"],
  twilio: ["twilio"],
  xero: ["XeroAPI"],
  zendesk: ["zendesk"],
  "zoho-crm": ["zoho"],
};

describe("the credential types", () => {
  it("cover what is asked for, each with fields and a secret one", () => {
    const types = builtInCredentialTypes();
    expect([...types.keys()]).toEqual(
      expect.arrayContaining([
        "basic-auth",
        "bearer-token",
        "api-key-header",
        "api-key-query",
        "aws-access-key",
        "smtp",
        "ssh-key",
        "postgres-url",
        "webhook-secret",
        "oauth-client",
      ]),
    );
    for (const type of types.values()) {
      expect(
        Object.values(type.fields).some(({ secret }) => secret),
        type.slug,
      ).toBe(true);
    }
    expect(types.size).toBe(new Set(types.keys()).size);
  });

  it("are found by words in any order, and by keywords", () => {
    expect(searchCredentialTypes("KEY aws").map(({ slug }) => slug)).toContain("aws-access-key");
    expect(searchCredentialTypes("sigv4").map(({ slug }) => slug)).toEqual(["aws-access-key"]);
    expect(searchCredentialTypes("no such thing")).toEqual([]);
    expect(searchCredentialTypes("")).toHaveLength(builtInCredentialTypes().size);
  });
});
