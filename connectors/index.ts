import { parseConnector } from "#sdk/connector/parse.ts";
import type { Connector, ConnectorInput } from "#sdk/connector/schema.ts";
import { connector as airtable } from "./airtable/connector.ts";
import { connector as amazonSellingPartner } from "./amazon-selling-partner/connector.ts";
import { connector as anthropic } from "./anthropic/connector.ts";
import { connector as asana } from "./asana/connector.ts";
import { connector as auth0 } from "./auth0/connector.ts";
import { connector as calendly } from "./calendly/connector.ts";
import { connector as discord } from "./discord/connector.ts";
import { connector as dropbox } from "./dropbox/connector.ts";
import { connector as exactOnline } from "./exact-online/connector.ts";
import { connector as facebook } from "./facebook/connector.ts";
import { connector as github } from "./github/connector.ts";
import { connector as gmail } from "./gmail/connector.ts";
import { connector as googleCalendar } from "./google-calendar/connector.ts";
import { connector as googleDrive } from "./google-drive/connector.ts";
import { connector as googleSheets } from "./google-sheets/connector.ts";
import { connector as http } from "./http/connector.ts";
import { connector as hubspot } from "./hubspot/connector.ts";
import { connector as intercom } from "./intercom/connector.ts";
import { connector as jira } from "./jira/connector.ts";
import { connector as linear } from "./linear/connector.ts";
import { connector as mailchimp } from "./mailchimp/connector.ts";
import { connector as microsoft365 } from "./microsoft-365/connector.ts";
import { connector as notion } from "./notion/connector.ts";
import { connector as openai } from "./openai/connector.ts";
import { connector as pipedrive } from "./pipedrive/connector.ts";
import { connector as quickbooks } from "./quickbooks/connector.ts";
import { connector as reddit } from "./reddit/connector.ts";
import { connector as salesforce } from "./salesforce/connector.ts";
import { connector as sendgrid } from "./sendgrid/connector.ts";
import { connector as shopify } from "./shopify/connector.ts";
import { connector as slack } from "./slack/connector.ts";
import { connector as stripe } from "./stripe/connector.ts";
import { connector as twilio } from "./twilio/connector.ts";
import { connector as xero } from "./xero/connector.ts";
import { connector as zendesk } from "./zendesk/connector.ts";
import { connector as zohoCrm } from "./zoho-crm/connector.ts";

/** The catalogue: what ships with the product, by slug. */
const CATALOGUE: ReadonlyMap<string, ConnectorInput> = new Map(
  [
    airtable,
    amazonSellingPartner,
    anthropic,
    asana,
    auth0,
    calendly,
    discord,
    dropbox,
    exactOnline,
    facebook,
    github,
    gmail,
    googleCalendar,
    googleDrive,
    googleSheets,
    http,
    hubspot,
    intercom,
    jira,
    linear,
    mailchimp,
    microsoft365,
    notion,
    openai,
    pipedrive,
    quickbooks,
    reddit,
    salesforce,
    sendgrid,
    shopify,
    slack,
    stripe,
    twilio,
    xero,
    zendesk,
    zohoCrm,
  ].map((definition) => [definition.slug, definition]),
);
/** A cache: each definition is checked once, when it is first asked for. */
const parsed = new Map<string, Connector>();

/** The definition of a built-in connector as it was written. */
export function builtInDefinition(slug: string): ConnectorInput | undefined {
  return CATALOGUE.get(slug);
}

/** The built-in connector of this slug; undefined: there is none. */
export function builtInConnector(slug: string): Connector | undefined {
  const known = parsed.get(slug);
  const definition = CATALOGUE.get(slug);
  if (known !== undefined || definition === undefined) {
    return known;
  }
  const connector = parseConnector(definition);
  parsed.set(slug, connector);
  return connector;
}

/** The slugs of all built-in connectors, in alphabetical order. */
export function builtInSlugs(): readonly string[] {
  return [...CATALOGUE.keys()].sort();
}
