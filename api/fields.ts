import { z } from "@hono/zod-openapi";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text has the form of an id. Slugs never do, so that a reference may be either. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** An id in an answer. */
export const id = z.uuid().openapi({ example: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77" });

/** A point in time in an answer: RFC 3339, UTC. */
export const instant = z.iso.datetime().openapi({ example: "2026-11-22T09:30:00.000Z" });

/** A point in time in a request: RFC 3339 with any offset. */
export const instantInput = z.iso
  .datetime({ offset: true, error: "must be a date and time as in 2026-11-22T09:30:00Z" })
  .transform((text) => new Date(text))
  .openapi({ type: "string", format: "date-time", example: "2026-11-22T09:30:00Z" });

/** The URL-safe name of a resource, unique in its organization. */
export const slug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case letters and digits, words joined by -")
  .refine((text) => !isId(text), "must not have the form of an id")
  .openapi({ example: "acme" });

/** The name that people read. */
export const displayName = z.string().trim().min(1).max(200);

/** The name of a secret or a variable, as code reads it: `ctx.secrets.NAME`. */
export const memberName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    "must be letters, digits and _, not starting with a digit, at most 128",
  )
  .openapi({ example: "ERP_KEY" });

/** A reference to a resource that has a slug: its id or its slug. */
export const reference = (what: string, example: string) =>
  z
    .string()
    .min(1)
    .max(200)
    .openapi({ description: `Id or slug of the ${what}.`, example });

/** A short mention of another resource in an answer. */
export const mention = z.object({ id, slug: z.string() });

/** `?force=true`: do it although something depends on it. */
export const force = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true")
  .openapi({ type: "boolean", description: "Do it although something depends on it.", example: false });
