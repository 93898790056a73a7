import { z } from "zod";
import { action, event, pagination } from "./action.ts";
import { authMethod } from "./auth.ts";
import { fields } from "./fields.ts";
import { hostTemplate, jsonPath, slug, template, urlTemplate, webPage } from "./text.ts";

/** What an answer must look like to mean something. All parts that are given must hold. */
const signal = z.strictObject({
  status: z.array(z.number().int().min(100).max(599)).max(50).optional(),
  /** Headers with the values that they must have: `{ "x-ratelimit-remaining": "0" }`. */
  headers: z.record(z.string().min(1).max(200), z.string().max(500)).optional(),
  /** A place in the JSON body, and the text that it must have; without a text, that it is there. */
  path: jsonPath.optional(),
  equals: z.string().max(500).optional(),
});

/** A cheap request that tells whether a credential works, and whose it is. */
const verification = z.strictObject({
  method: z.enum(["GET", "HEAD", "POST"]).default("GET"),
  /** Below the base URL. */
  path: z.string().max(2_000).regex(/^\//, "must begin with /"),
  baseUrl: urlTemplate.optional(),
  headers: z.record(z.string().max(200), template).default({}),
  /** JSON text of the body of a POST. */
  body: z.string().max(10_000).optional(),
  /** Answers that mean no, besides every status of 400 and more. */
  failed: z.array(signal).max(20).default([]),
  /** Where the provider's reason stands. */
  reason: jsonPath.optional(),
  /** The account behind the credential: what a reconnect is compared with. `{callback.realmId}` is possible too. */
  account: z
    .strictObject({ id: z.union([jsonPath, template]), name: z.union([jsonPath, template]).optional() })
    .optional(),
});

/** How often requests are made and repeated. */
const policy = z.strictObject({
  /** Requests that one connection may make; what is over waits for its turn. */
  rate: z.strictObject({ requests: z.number().int().positive(), per: z.number().positive() }).optional(),
  concurrency: z.number().int().positive().max(100).optional(),
  retry: z
    .strictObject({
      /** Tries in all. Only idempotent requests are repeated, and any that was refused for its rate (429). */
      attempts: z.number().int().min(1).max(10).default(3),
      statuses: z.array(z.number().int().min(400).max(599)).max(50).default([429, 502, 503, 504]),
      /** Answers that mean "too often" although their status does not say so. */
      limited: z.array(signal).max(20).default([]),
      /** The header that says when: seconds, or a date (RFC 9110 §10.2.3). */
      after: z.string().max(100).default("retry-after"),
      /** A header with the point in time itself, as epoch seconds or milliseconds, when there is one. */
      reset: z.string().max(100).optional(),
    })
    .prefault({}),
});

const definition = z.strictObject({
  slug,
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).default(""),
  /** The vendor's domain: `example.com`. */
  domain: z
    .string()
    .max(253)
    .regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, "must be a domain such as example.com")
    .optional(),
  visibility: z.enum(["private", "public"]).default("private"),
  icon: webPage.optional(),
  categories: z.array(slug).max(10).default([]),
  /** The vendor's documentation that this was written from, and when it was read (`2026-11-22`). */
  sources: z
    .array(
      z.strictObject({
        url: webPage,
        read: z.iso.date(),
        /** What was read: the page, a stored copy of it, or neither, so that the text is from memory and wants a check. */
        via: z.enum(["page", "copy", "memory"]).default("page"),
      }),
    )
    .max(50)
    .default([]),
  /** What a connection is asked for, whatever its auth method. */
  fields: fields.default({}),
  /** Every host that a credential may travel to. Redirects and templated URLs are checked against it each time. */
  hosts: z.array(hostTemplate).min(1).max(100),
  /** What paths are below of. */
  baseUrl: urlTemplate,
  /** Headers of every request, such as a version of the API. */
  headers: z.record(z.string().min(1).max(200), template).default({}),
  auth: z.array(authMethod).min(1).max(20),
  /** The id of the method that is offered first. Default: the first one. */
  defaultAuth: slug.optional(),
  verification: verification.optional(),
  /** Answers that mean that the access token ended. Default: 401. */
  expired: z
    .array(signal)
    .max(20)
    .default([{ status: [401] }]),
  /** Answers to actions that mean failure although their status says otherwise: `{ path: "ok", equals: "false" }`. */
  failed: z.array(signal).max(20).default([]),
  policy: policy.prefault({}),
  /** How lists go on, unless an action says otherwise. */
  pagination: pagination.optional(),
  actions: z.array(action).max(5_000).default([]),
  events: z.array(event).max(1_000).default([]),
});

/** The definition of a connector as authors write it. */
export type ConnectorInput = z.input<typeof definition>;
/** A checked definition: every default is in it. */
export type Connector = z.output<typeof definition>;
export type Verification = z.output<typeof verification>;
export type Signal = z.output<typeof signal>;
export type Policy = z.output<typeof policy>;

export const connectorSchema = definition;
