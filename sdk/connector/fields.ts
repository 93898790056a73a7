import { z } from "zod";
import { fieldName } from "./text.ts";

/**
 * One thing that is asked for when a connection is made: a part of an address, or a part of a credential.
 * It fills the place of its name in templates.
 */
export const field = z
  .strictObject({
    /** What a person reads beside the input. */
    label: z.string().min(1).max(200),
    description: z.string().max(2_000).optional(),
    type: z.enum(["string", "password", "number", "boolean"]).default("string"),
    /** Sealed, never shown again, blind in workflows. Default: true for the type `password`. */
    secret: z.boolean().optional(),
    required: z.boolean().default(true),
    default: z.string().max(2_000).optional(),
    placeholder: z.string().max(200).optional(),
    /** A regular expression (JavaScript, anchored on both ends) that a value must match. */
    pattern: z.string().max(500).optional(),
    /** What `pattern` asks for, in words: the error that a person reads. */
    patternHint: z.string().max(300).optional(),
    /** The only values that are taken. */
    options: z
      .array(z.strictObject({ value: z.string().max(500), label: z.string().max(200) }))
      .max(500)
      .optional(),
    /**
     * `label`: one label of a host name (letters, digits, `-`), the only form that may stand inside a host;
     * `hostname`: a whole public host name, as of a product that people host themselves. Default: any text, which
     * may stand in paths, queries and headers, but never in a host.
     */
    format: z.enum(["label", "hostname"]).optional(),
  })
  .transform((given) => ({ ...given, secret: given.secret ?? given.type === "password" }));

/** Fields by name, in the order in which they are asked for. */
export const fields = z.record(fieldName, field);

export type Field = z.output<typeof field>;
