import { integer, list, object, optional, part, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://www.twilio.com/docs/sendgrid/api-reference";
const address = (description: string) =>
  part(description, { email: text("The address."), name: optional(text("The name.")) });

export const actions: ActionInput[] = [
  {
    slug: "send-mail",
    name: "Send an e-mail",
    description: "Sends an e-mail, to one or to many.",
    input: object({
      personalizations: list("Who gets it, with what.", { type: "object" }, { minItems: 1 }),
      from: address("Who sends it."),
      reply_to: optional(address("Where answers go.")),
      subject: optional(text("The subject.")),
      content: optional(
        list(
          "The text in one or more types.",
          object({ type: text("Such as text/plain."), value: text("The text.") }),
        ),
      ),
      template_id: optional(text("A template in the text's place.")),
      send_at: optional(integer("When it is sent, as epoch seconds.")),
    }),
    source: `${reference}/mail-send/mail-send`,
    http: { method: "POST", path: "/mail/send" },
  },
  {
    slug: "upsert-contacts",
    name: "Create or change contacts",
    description: "Creates contacts or changes those with the same address; done some time later.",
    input: object({
      contacts: list("The contacts.", { type: "object" }, { minItems: 1, maxItems: 30000 }),
      list_ids: optional(list("Lists that they are put on.", { type: "string" })),
    }),
    source: `${reference}/contacts/add-or-update-a-contact`,
    http: { method: "PUT", path: "/marketing/contacts" },
  },
  {
    slug: "find-contacts-by-email",
    name: "Find contacts by e-mail",
    description: "Finds the contacts with these addresses.",
    input: object({ emails: list("The addresses.", { type: "string" }, { maxItems: 100 }) }),
    idempotent: true,
    source: `${reference}/contacts/get-contacts-by-emails`,
    http: { method: "POST", path: "/marketing/contacts/search/emails", result: "result" },
  },
  {
    slug: "list-templates",
    name: "List templates",
    description: "Lists dynamic templates.",
    input: object({}),
    source: `${reference}/transactional-templates/retrieve-paged-transactional-templates`,
    http: {
      method: "GET",
      path: "/templates",
      query: { generations: "dynamic", page_size: "200" },
      pagination: { type: "link", items: "result", path: "_metadata.next" },
    },
  },
  {
    slug: "list-bounces",
    name: "List bounces",
    description: "Lists addresses that mail came back from.",
    input: object({
      start_time: optional(integer("From, as epoch seconds.")),
      end_time: optional(integer("To, as epoch seconds.")),
    }),
    source: `${reference}/bounces-api/retrieve-all-bounces`,
    http: {
      method: "GET",
      path: "/suppression/bounces",
      pagination: { type: "offset", param: "offset", limitParam: "limit", limit: 500 },
    },
  },
];
