import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Caller } from "./caller.ts";
import type { ApiEnv } from "./env.ts";
import { parse } from "./middleware/parse.ts";
import type { ApiParts } from "./parts.ts";
import type { Scope } from "./scopes.ts";

const nothing = z.strictObject({});
type Nothing = typeof nothing;

/** One documented answer of an endpoint. */
export interface Answer {
  readonly description: string;
  /** Null: the answer has no body. */
  readonly schema: z.ZodType | null;
  readonly example?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
}

type ReplyWith<Status, Documented> = Status extends keyof Documented & number
  ? {
      readonly status: Status;
      readonly body: Documented[Status] extends { readonly schema: infer Schema extends z.ZodType }
        ? z.input<Schema>
        : null;
      readonly headers?: Readonly<Record<string, string>>;
    }
  : never;

/** An answer that is sent as it comes into being. */
interface StreamReply {
  readonly stream: Response;
}

/** What an endpoint sends back: one of its documented answers, or a stream of its own. */
export type Reply<Answers> = ReplyWith<keyof Answers, Answers> | StreamReply;

/** A reply with its types erased. */
export type AnyReply =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | StreamReply;

/** One request, as an endpoint sees it: authenticated, permitted and parsed. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly parts: ApiParts;
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: RequestFacts;
  /** For streams only. */
  readonly context: Context<ApiEnv>;
}

/** The plain facts of a request. */
export interface RequestFacts {
  readonly id: string;
  /** The address that the request came from; null when it came over no socket. */
  readonly address: string | null;
  /** The header Idempotency-Key, where the endpoint takes one. */
  readonly idempotencyKey: string | null;
  /** Keyed hash of everything that the caller asked for: tells a repeated request from a different one. */
  readonly hash: () => string;
  /** The endpoint's operationId. */
  readonly operation: string;
  /** What is done, for the audit trail. */
  readonly action: string;
  readonly resourceType: string;
}

/** Everything that is known about an endpoint without running it: the pipeline and the reference are made from it. */
export interface EndpointFacts {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below /api/v1, as OpenAPI writes it: `/runs/{run}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** What the key must be granted; of several, one will do here; null: any valid key. */
  readonly scope: Scope | readonly Scope[] | null;
  /** What the audit trail calls it: `secret.create`. The part before the dot is the resource type. */
  readonly action: string;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Takes the header Idempotency-Key. */
  readonly idempotent?: boolean;
  /** Bytes that the body may have. Default 10 MB. */
  readonly bodyLimit?: number;
  /** Fields of the body that may hold any JSON: their strings are not examined. */
  readonly opaque?: readonly string[];
  readonly bodyExample?: unknown;
}

/** What a request of the endpoint consists of. */
export interface RequestSchemas<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
}

/** An endpoint with its types erased: one row of the route table. */
export interface Endpoint extends EndpointFacts, RequestSchemas<z.ZodType, z.ZodType, z.ZodType> {
  readonly answer: (call: Call) => Promise<AnyReply>;
}

/** Joins the facts and the schemas of a route with its handler, which sees only parsed input. */
export function endpoint<
  const Answers extends Readonly<Record<number, Answer>>,
  Params extends z.ZodType = Nothing,
  Query extends z.ZodType = Nothing,
  Body extends z.ZodType = Nothing,
>(
  facts: Omit<EndpointFacts, "answers"> & RequestSchemas<Params, Query, Body> & { readonly answers: Answers },
) {
  type Handle = (call: Call<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Reply<Answers>>;
  return {
    handledBy: (handle: Handle): Endpoint => ({
      ...facts,
      answer: async (call) =>
        handle({
          ...call,
          params: parse(facts.params ?? nothing, call.params) as z.output<Params>,
          query: parse(facts.query ?? nothing, call.query) as z.output<Query>,
          body: parse(facts.body ?? nothing, call.body) as z.output<Body>,
        }),
    }),
  };
}
