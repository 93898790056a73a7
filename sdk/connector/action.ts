import { z } from "zod";
import { jsonPath, slug, template, urlTemplate } from "./text.ts";

/** A JSON Schema (draft 2020-12); `true` and `{}` take anything. */
const jsonSchema = z.union([z.boolean(), z.record(z.string(), z.unknown())]);

/** How a list goes on after its first page. Followed as an async iterator. */
export const pagination = z.discriminatedUnion("type", [
  /** RFC 8288: the `next` link of the header Link; or, with `path`, a URL in the body. */
  z.strictObject({ type: z.literal("link"), items: jsonPath.optional(), path: jsonPath.optional() }),
  /**
   * The response's cursor is the next request's parameter; none, an empty one, or a false `more` ends the list.
   * `data.-1.id` is that of the last item.
   */
  z.strictObject({
    type: z.literal("cursor"),
    items: jsonPath.optional(),
    cursor: jsonPath,
    param: z.string().min(1).max(200),
    in: z.enum(["query", "body"]).default("query"),
    more: jsonPath.optional(),
  }),
  /** The next request starts after the items so far. */
  z.strictObject({
    type: z.literal("offset"),
    items: jsonPath.optional(),
    param: z.string().min(1).max(200).default("offset"),
    limitParam: z.string().max(200).default("limit"),
    limit: z.number().int().positive().default(100),
    total: jsonPath.optional(),
  }),
  /** Pages have numbers. */
  z.strictObject({
    type: z.literal("page"),
    items: jsonPath.optional(),
    param: z.string().min(1).max(200).default("page"),
    first: z.number().int().nonnegative().default(1),
    limitParam: z.string().max(200).optional(),
    limit: z.number().int().positive().default(100),
    pages: jsonPath.optional(),
  }),
]);

/** One HTTP request: the input's properties go where `params` says, the path's places first. */
const httpAction = z.strictObject({
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
  /** Below the base URL: `/contacts/{contactId}`; each place is a property of the input. */
  path: z.string().max(4_000).regex(/^\//, "must begin with /"),
  /** Another base than the connector's. Its host must be one of the connector's. */
  baseUrl: urlTemplate.optional(),
  /**
   * Where properties of the input go. Without a word: into the path when it has their place; into the query for
   * GET, HEAD and DELETE; else into the body. `body-root`: the property is the whole body; `query-root`: each part
   * of the object is a parameter of the query.
   */
  params: z
    .record(
      z.string().max(200),
      z.strictObject({
        in: z.enum(["path", "query", "query-root", "header", "body", "body-root"]),
        /** Its name on the wire, when it is another. */
        as: z.string().min(1).max(300).optional(),
        /**
         * How a list is written in a query or form: `repeat` (a=1&a=2), `comma` (a=1,2), `brackets` (a[]=1&a[]=2), or
         * joined by a space, `|` or a tab. In paths and headers lists are joined by commas.
         */
        list: z.enum(["repeat", "comma", "brackets", "space", "pipe", "tab"]).optional(),
        /**
         * How an object is written in a query or form: `deep` (a[b]=1), `spread` (b=1), `comma` (a=b,1), `json` (its JSON
         * text, which also takes lists and plain values). Default: `json`.
         */
        object: z.enum(["deep", "spread", "comma", "json"]).optional(),
        /** The value is base64, and its bytes are sent: as the whole body (`text`), or as a file of a `multipart` body. */
        bytes: z.boolean().optional(),
        /** In a path: the value is several segments, so that its `/` stay; `.`, `..` and empty ones are refused. */
        segments: z.boolean().optional(),
      }),
    )
    .default({}),
  headers: z.record(z.string().min(1).max(200), template).default({}),
  /** Fixed parts of the query. */
  query: z.record(z.string().min(1).max(200), z.string().max(2_000)).default({}),
  /** Fixed parts of the body, such as the text of a GraphQL query. */
  fixed: z.record(z.string().min(1).max(200), z.unknown()).default({}),
  /** Where in a JSON body the input's properties (and a cursor `in: "body"`) stand: `properties`, `variables`. Default: at its top. */
  wrap: jsonPath.optional(),
  /** How the body is written. */
  body: z.enum(["json", "form", "multipart", "text", "none"]).default("json"),
  /** The part of the response that is the action's output. Default: all of it. */
  result: jsonPath.optional(),
  pagination: pagination.optional(),
});

/** One thing that a connector can do. */
export const action = z
  .strictObject({
    slug,
    name: z.string().min(1).max(300),
    description: z.string().max(10_000).default(""),
    /** JSON Schema of an object. */
    input: jsonSchema.default(true),
    output: jsonSchema.default(true),
    /** Whether doing it twice is doing it once. Default: GET, HEAD, OPTIONS, PUT and DELETE are. Decides about retries. */
    idempotent: z.boolean().optional(),
    /** The OAuth scopes that it needs. */
    scopes: z.array(z.string().max(500)).max(100).default([]),
    http: httpAction.optional(),
    /** JavaScript module that exports `run(ctx, input)`; it runs in an isolate of its own with only this connection. */
    code: z.string().min(1).max(500_000).optional(),
    /** Where it is documented. */
    source: z.string().max(2_000).optional(),
  })
  .refine(
    (given) => (given.http === undefined) !== (given.code === undefined),
    "needs either `http` or `code`",
  );

/** Something that happens on the other side and can start runs. */
export const event = z.strictObject({
  slug,
  name: z.string().min(1).max(300),
  description: z.string().max(10_000).default(""),
  /** JSON Schema of the payload. */
  payload: jsonSchema.default(true),
  /** How it is recognized in a webhook: these values in the header or body. */
  match: z
    .strictObject({
      header: z.string().max(200).optional(),
      path: jsonPath.optional(),
      equals: z.string().max(500),
    })
    .optional(),
});

/** An action as authors write it. */
export type ActionInput = z.input<typeof action>;
export type Action = z.output<typeof action>;
export type HttpAction = z.output<typeof httpAction>;
export type Pagination = z.output<typeof pagination>;
