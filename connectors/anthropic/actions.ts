import { answer, choice, integer, list, number, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const docs = "https://docs.anthropic.com/en/api";
const model = text("The model's id.");
const messages = list(
  "The conversation so far.",
  object({
    role: choice("Who speaks.", ["user", "assistant"]),
    content: { description: "A text, or a list of content blocks.", type: ["string", "array"] },
  }),
  { minItems: 1 },
);
const system = optional(text("What the model is told before the conversation."));
const tools = optional(list("Tools that the model may call.", { type: "object" }));

export const actions: ActionInput[] = [
  {
    slug: "create-message",
    name: "Create a message",
    description: "Lets a model continue a conversation.",
    input: object({
      model,
      messages,
      max_tokens: integer("The most tokens that the answer may have.", { minimum: 1 }),
      system,
      temperature: optional(number("From 0 (plain) to 1 (wild).")),
      stop_sequences: optional(list("Texts at which the answer ends.", { type: "string" })),
      tools,
    }),
    output: answer({
      id: { type: "string" },
      content: { type: "array" },
      stop_reason: { type: ["string", "null"] },
    }),
    source: `${docs}/messages`,
    http: { method: "POST", path: "/messages" },
  },
  {
    slug: "count-tokens",
    name: "Count tokens",
    description: "Says how many tokens a conversation has.",
    input: object({ model, messages, system, tools }),
    idempotent: true,
    source: `${docs}/messages-count-tokens`,
    http: { method: "POST", path: "/messages/count_tokens" },
  },
  {
    slug: "list-models",
    name: "List models",
    description: "Lists models, newest first.",
    input: object({ limit: optional(integer("How many a page holds.", { maximum: 1000 })) }),
    source: `${docs}/models-list`,
    http: {
      method: "GET",
      path: "/models",
      pagination: { type: "cursor", items: "data", cursor: "last_id", param: "after_id", more: "has_more" },
    },
  },
  {
    slug: "create-batch",
    name: "Create a batch of messages",
    description: "Has many messages answered within a day.",
    input: object({
      requests: list("Requests, each with custom_id and params.", { type: "object" }, { minItems: 1 }),
    }),
    source: `${docs}/creating-message-batches`,
    http: { method: "POST", path: "/messages/batches" },
  },
  {
    slug: "get-batch",
    name: "Get a batch of messages",
    description: "Reads the state of a batch.",
    input: object({ batchId: text("The batch's id.") }),
    source: `${docs}/retrieving-message-batches`,
    http: { method: "GET", path: "/messages/batches/{batchId}" },
  },
];
