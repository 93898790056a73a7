import { z } from "@hono/zod-openapi";
import { isId } from "./fields.ts";

/** Query fields of every list: newest first, the cursor is the id of the last row of the page before. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(50).openapi({
    description: "Rows of one page.",
    type: "integer",
    minimum: 1,
    maximum: 100,
    default: 50,
  }),
  cursor: z
    .string()
    .refine(isId, "must be the nextCursor of the page before")
    .optional()
    .openapi({ description: "`nextCursor` of the page before." }),
};

/** The answer of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    data: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .openapi({ description: "Send it as `cursor` for the next page; null on the last." }),
  });

/** Cuts `limit + 1` rows to a page: the row too many says that there is another. */
export function toPage<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => Item,
): { data: Item[]; nextCursor: string | null } {
  const kept = rows.slice(0, limit);
  return { data: kept.map(show), nextCursor: rows.length > limit ? (kept.at(-1)?.id ?? null) : null };
}
