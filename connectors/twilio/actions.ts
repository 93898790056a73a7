import { answer, integer, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const docs = "https://www.twilio.com/docs";
const pages = (items: string) => ({ type: "link", items, path: "next_page_uri" }) as const;
const PageSize = optional(integer("How many a page holds.", { maximum: 1000 }));
const number = (whose: string) => text(`${whose} number with country code, such as +4930123456.`);

export const actions: ActionInput[] = [
  {
    slug: "send-message",
    name: "Send a message",
    description: "Sends a text message.",
    input: object({
      To: number("The receiver's"),
      From: optional(number("The sender's")),
      MessagingServiceSid: optional(text("A messaging service in the sender's place.")),
      Body: optional(text("The text, at most 1600 characters.", { maxLength: 1600 })),
      MediaUrl: optional(text("A picture's address.")),
      StatusCallback: optional(text("Where the state is told.")),
    }),
    output: answer({ sid: { type: "string" }, status: { type: "string" } }),
    source: `${docs}/messaging/api/message-resource#create-a-message`,
    http: { method: "POST", path: "/Messages.json", body: "form" },
  },
  {
    slug: "get-message",
    name: "Get a message",
    description: "Reads a message and its state.",
    input: object({ messageSid: text("The message's id, SM…") }),
    source: `${docs}/messaging/api/message-resource#fetch-a-message`,
    http: { method: "GET", path: "/Messages/{messageSid}.json" },
  },
  {
    slug: "list-messages",
    name: "List messages",
    description: "Lists messages.",
    input: object({ To: optional(number("Only to the")), From: optional(number("Only from the")), PageSize }),
    source: `${docs}/messaging/api/message-resource#list-messages`,
    http: { method: "GET", path: "/Messages.json", pagination: pages("messages") },
  },
  {
    slug: "create-call",
    name: "Call somebody",
    description: "Calls a number and does what TwiML says.",
    input: object({
      To: number("The called"),
      From: number("The caller's"),
      Url: optional(text("Where the TwiML is fetched.")),
      Twiml: optional(text("The TwiML itself.")),
    }),
    source: `${docs}/voice/api/call-resource#create-a-call-resource`,
    http: { method: "POST", path: "/Calls.json", body: "form" },
  },
  {
    slug: "list-phone-numbers",
    name: "List own numbers",
    description: "Lists the account's phone numbers.",
    input: object({ PageSize }),
    source: `${docs}/phone-numbers/api/incomingphonenumber-resource`,
    http: { method: "GET", path: "/IncomingPhoneNumbers.json", pagination: pages("incoming_phone_numbers") },
  },
];
