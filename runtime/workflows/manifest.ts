import { z } from "zod";

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "must be letters, digits and _, not starting with a digit");

/** What a workflow calls a connection: a property of `ctx.connections`. */
const alias = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "must be letters, digits and _, not starting with a digit")
  .refine(
    (given) => given !== "then" && given !== "toJSON" && given !== "__proto__",
    "is a name of JavaScript's own",
  );
const connectorSlug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be the slug of a connector, such as acme-crm");

const LONGEST_MS = 366 * MILLISECONDS.d;

/** A duration as authors write it: `500ms`, `5s`, `1.5m`, `6h`, `2d`, or a number of milliseconds; parsed to milliseconds. */
export const duration = z
  .union([
    z.number().nonnegative(),
    z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'must be a duration such as "5s" or "15m"'),
  ])
  .transform((value) => {
    if (typeof value === "number") {
      return value;
    }
    const unit = value.match(/[a-z]+$/)?.[0] as keyof typeof MILLISECONDS;
    return Number.parseFloat(value) * MILLISECONDS[unit];
  })
  // A longer one is a slip, and at some length no date that PostgreSQL can count.
  .refine((milliseconds) => milliseconds <= LONGEST_MS, "must be at most 366 days");

/** Where an egress rule or a secret binding reaches: `api.example.com`, `*.example.com`, with an optional scheme and port. */
export const hostPattern = z
  .string()
  .max(300)
  .regex(
    /^(https?:\/\/)?(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(:\d{1,5})?$|^(https?:\/\/)?\[[0-9a-f:.]+\](:\d{1,5})?$/,
    'must be a lower-case host such as "api.example.com", "*.example.com" or "http://127.0.0.1:8080", without a path',
  );

/** The longest a run of each tier may take, in milliseconds. */
export const TIER_LIMIT_MS = { instant: 60_000, standard: 15 * 60_000, long: 6 * 3_600_000 } as const;
export type Tier = keyof typeof TIER_LIMIT_MS;

/**
 * The capability manifest of a version: what the code declares about itself, checked when it is published
 * and enforced when it runs. Unknown fields are refused, so that a misspelt need is an error and not a gap.
 */
export const manifestSchema = z
  .strictObject({
    slug: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case words joined by -")
      .max(100)
      .optional(),
    tier: z.enum(["instant", "standard", "long"]).default("standard"),
    timeout: duration.optional(),
    /** Whether each run gets a new isolate, or a new context in one that the same customer's last run left clean. */
    isolation: z.enum(["fresh", "warm"]).default("fresh"),
    needs: z
      .strictObject({
        secrets: z.record(name, z.strictObject({ reveal: z.boolean().default(false) })).default({}),
        variables: z.record(name, z.strictObject({})).default({}),
        connections: z
          .record(
            alias,
            z.strictObject({
              connector: connectorSlug,
              owner: z.enum(["customer", "organization"]).optional(),
              optional: z.boolean().default(false),
            }),
          )
          .default({}),
        egress: z.array(hostPattern).max(1_000).default([]),
      })
      .prefault({}),
    retry: z
      .strictObject({
        maxAttempts: z.number().int().min(1).max(100).optional(),
        initialInterval: duration.default(5_000),
        backoffCoefficient: z.number().min(1).max(100).default(2),
        maxInterval: duration.default(60_000),
      })
      .prefault({}),
    /** JSON Schema (2020-12) of the input, derived from the workflow's Standard Schema; null accepts any JSON. */
    input: z.record(z.string(), z.unknown()).nullable().default(null),
  })
  .superRefine((manifest, context) => {
    const limit = TIER_LIMIT_MS[manifest.tier];
    if (manifest.timeout !== undefined && (manifest.timeout < 1 || manifest.timeout > limit)) {
      context.addIssue({
        code: "custom",
        path: ["timeout"],
        message: `must be between 1 ms and ${String(limit / 1_000)} s, the limit of the tier "${manifest.tier}"`,
      });
    }
  })
  .transform((manifest) => ({
    ...manifest,
    timeout: manifest.timeout ?? TIER_LIMIT_MS[manifest.tier],
    // A caller waits for an instant run: it is tried once unless its author says otherwise.
    retry: {
      ...manifest.retry,
      maxAttempts: manifest.retry.maxAttempts ?? (manifest.tier === "instant" ? 1 : 3),
    },
  }));

/** A checked manifest; durations in milliseconds. */
export type Manifest = z.output<typeof manifestSchema>;

/** How a workflow needs one connection. */
export type ConnectionNeed = Manifest["needs"]["connections"][string];

/** The declared connections by alias; versions of releases before connections say nothing of them. */
export function connectionNeeds(manifest: Manifest): Readonly<Record<string, ConnectionNeed>> {
  const needs: { readonly connections?: Manifest["needs"]["connections"] } = manifest.needs;
  return needs.connections ?? {};
}
