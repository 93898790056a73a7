import { z } from "@hono/zod-openapi";

/** Query fields of a list of things that are named by slug alone: in alphabetical order, the cursor is a slug. */
export const slugPageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(50).openapi({
    description: "Rows of one page.",
    type: "integer",
    minimum: 1,
    maximum: 100,
    default: 50,
  }),
  cursor: z
    .string()
    .max(100)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be the nextCursor of the page before")
    .optional()
    .openapi({ description: "`nextCursor` of the page before." }),
  search: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .openapi({ description: "Only those whose slug, name or description has this text.", example: "crm" }),
};

/** Cuts what comes after the cursor to a page. `items` are in alphabetical order of their slugs. */
export function toSlugPage<Item extends { readonly slug: string }, Shown>(
  items: readonly Item[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  show: (item: Item) => Shown,
): { data: Shown[]; nextCursor: string | null } {
  const rest = cursor === undefined ? items : items.filter(({ slug }) => slug > cursor);
  const kept = rest.slice(0, limit);
  return { data: kept.map(show), nextCursor: rest.length > limit ? (kept.at(-1)?.slug ?? null) : null };
}

/** Whether a search finds something by one of its texts. */
export function isFound(search: string | undefined, texts: readonly string[]): boolean {
  const wanted = search?.toLowerCase();
  return wanted === undefined || texts.some((text) => text.toLowerCase().includes(wanted));
}

/** Orders as slugs are compared everywhere: by code unit. */
export function bySlug(one: { readonly slug: string }, other: { readonly slug: string }): number {
  return one.slug < other.slug ? -1 : one.slug > other.slug ? 1 : 0;
}
