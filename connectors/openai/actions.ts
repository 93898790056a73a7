import { integer, list, number, object, optional, part, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

export const actions: ActionInput[] = [
  {
    slug: "create-response",
    name: "Create a response",
    description: "Lets a model answer a text, or a list of messages.",
    input: object({
      model: text("The model's id."),
      input: { description: "A text, or a list of input items.", type: ["string", "array"] },
      instructions: optional(text("What the model is told before the input.")),
      max_output_tokens: optional(integer("The most tokens that the answer may have.")),
      temperature: optional(number("From 0 (plain) to 2 (wild).")),
      tools: optional(list("Tools that the model may call.", { type: "object" })),
      metadata: optional(record("Own text to keep with the answer.", { type: "string" })),
    }),
    source: "https://platform.openai.com/docs/api-reference/responses/create",
    http: { method: "POST", path: "/responses" },
  },
  {
    slug: "create-chat-completion",
    name: "Create a chat completion",
    description: "Lets a model continue a conversation.",
    input: object({
      model: text("The model's id."),
      messages: list(
        "The conversation so far.",
        part("A message.", {
          role: text("Who speaks: system, user or assistant."),
          content: { description: "What is said: a text, or a list of parts.", type: ["string", "array"] },
        }),
      ),
      temperature: optional(number("From 0 (plain) to 2 (wild).")),
      max_completion_tokens: optional(integer("The most tokens that the answer may have.")),
      response_format: optional(record('The form of the answer, such as {"type": "json_object"}.')),
    }),
    source: "https://platform.openai.com/docs/api-reference/chat/create",
    http: { method: "POST", path: "/chat/completions" },
  },
  {
    slug: "create-embeddings",
    name: "Create embeddings",
    description: "Turns texts into vectors.",
    input: object({
      model: text("The model's id."),
      input: { description: "A text, or a list of texts.", type: ["string", "array"] },
      dimensions: optional(integer("How many numbers a vector has.")),
    }),
    source: "https://platform.openai.com/docs/api-reference/embeddings/create",
    idempotent: true,
    http: { method: "POST", path: "/embeddings" },
  },
  {
    slug: "create-moderation",
    name: "Classify a text",
    description: "Says whether a text may be harmful, and how.",
    input: object({
      input: { description: "A text, or a list of texts.", type: ["string", "array"] },
      model: optional(text("The moderation model's id.")),
    }),
    source: "https://platform.openai.com/docs/api-reference/moderations/create",
    idempotent: true,
    http: { method: "POST", path: "/moderations" },
  },
  {
    slug: "list-models",
    name: "List models",
    description: "Lists the models that the key may use.",
    source: "https://platform.openai.com/docs/api-reference/models/list",
    input: object({}),
    http: { method: "GET", path: "/models", result: "data" },
  },
];
