import LinkHeader from "http-link-header";
import { InvalidError } from "#runtime/errors.ts";
import type { Pagination } from "#sdk/connector/action.ts";
import { readPlace } from "#sdk/connector/read-place.ts";
import { placed } from "./write-body.ts";
import { paramOf, withParam } from "./write-query.ts";

/** Where a list goes on: a URL, a cursor, an offset or a page number, as its type says. */
export type Next = string | number;

/** The part of a request that paging changes. */
export interface PagedRequest {
  /** A path, or for `link` an absolute URL. */
  readonly address: string;
  readonly body: Uint8Array | null;
}

/** The request for one page; `next` null is the first one. */
export function pageRequest<Request extends PagedRequest>(
  request: Request,
  pagination: Pagination,
  next: Next | null,
  wrap?: string,
): Request {
  switch (pagination.type) {
    case "link":
      return next === null ? request : { ...request, address: String(next) };
    case "cursor":
      return next === null ? request : withCursor(request, pagination, String(next), wrap);
    case "offset": {
      const limited = withLimit(request, pagination.limitParam, pagination.limit);
      return next === null
        ? limited
        : { ...limited, address: withParam(limited.address, pagination.param, String(next)) };
    }
    case "page":
    default: {
      const limited =
        pagination.limitParam === undefined
          ? request
          : withLimit(request, pagination.limitParam, pagination.limit);
      return next === null
        ? limited
        : { ...limited, address: withParam(limited.address, pagination.param, String(next)) };
    }
  }
}

function withLimit<Request extends PagedRequest>(request: Request, param: string, limit: number): Request {
  return param === "" || paramOf(request.address, param) !== null
    ? request
    : { ...request, address: withParam(request.address, param, String(limit)) };
}

function withCursor<Request extends PagedRequest>(
  request: Request,
  { in: where, param }: Extract<Pagination, { type: "cursor" }>,
  cursor: string,
  wrap: string | undefined,
): Request {
  if (where === "query") {
    return { ...request, address: withParam(request.address, param, cursor) };
  }
  const given: unknown = request.body === null ? {} : parsed(request.body);
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new InvalidError("A list whose cursor goes into the body needs a JSON object as its body.", {
      code: "TENON_PAGINATION",
    });
  }
  const body = placed(
    given as Record<string, unknown>,
    wrap === undefined ? param : `${wrap}.${param}`,
    cursor,
  );
  return { ...request, body: Buffer.from(JSON.stringify(body)) };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** A page as it was answered. */
export interface AnsweredPage {
  /** The parsed JSON body. */
  readonly body: unknown;
  /** The header Link (RFC 8288); null without. */
  readonly link: string | null;
  /** Where the answer came from: what a relative address in it is relative to. */
  readonly url: string;
}

/** The items of a page. `result`: where they are when the pagination does not say. @throws InvalidError `TENON_PAGINATION` */
export function itemsOf(pagination: Pagination, page: AnsweredPage, result?: string): readonly unknown[] {
  const place = pagination.items ?? result;
  const found = place === undefined ? page.body : readPlace(page.body, place);
  if (Array.isArray(found)) {
    return found;
  }
  if (place !== undefined && (found === null || found === undefined)) {
    return [];
  }
  throw new InvalidError(
    `The answer is not a list${place === undefined ? "" : ` at "${place}"`}: the connector does not say where its items are.`,
    { code: "TENON_PAGINATION" },
  );
}

/** Where the list goes on after a page; null: it ends here. */
export function nextOf(
  pagination: Pagination,
  page: AnsweredPage,
  asked: { readonly address: string; readonly next: Next | null; readonly items: number },
): Next | null {
  switch (pagination.type) {
    case "link":
      return nextLink(pagination, page);
    case "cursor":
      return nextCursor(pagination, page.body, asked.next);
    case "offset":
      return nextOffset(pagination, page.body, asked);
    case "page":
    default:
      return nextPage(pagination, page.body, asked);
  }
}

function nextLink({ path }: Extract<Pagination, { type: "link" }>, page: AnsweredPage): string | null {
  const target = path === undefined ? linkHeader(page.link) : readPlace(page.body, path);
  if (typeof target !== "string" || target === "") {
    return null;
  }
  if (!URL.canParse(target, page.url)) {
    throw new InvalidError("The answer's link to the next page is not an address.", {
      code: "TENON_PAGINATION",
    });
  }
  const next = new URL(target, page.url);
  next.hash = "";
  // A page that names itself as the next one is the last.
  return next.href === page.url ? null : next.href;
}

function linkHeader(value: string | null): string | null {
  try {
    return value === null ? null : (LinkHeader.parse(value).rel("next")[0]?.uri ?? null);
  } catch {
    throw new InvalidError("The answer's header Link cannot be read.", { code: "TENON_PAGINATION" });
  }
}

function nextCursor(
  { cursor, more }: Extract<Pagination, { type: "cursor" }>,
  body: unknown,
  asked: Next | null,
): string | null {
  const found = readPlace(body, cursor);
  const ended = more !== undefined && !isYes(readPlace(body, more));
  const next = typeof found === "string" || typeof found === "number" ? String(found) : "";
  return ended || next === "" || next === asked ? null : next;
}

function isYes(value: unknown): boolean {
  return value === true || value === "true" || value === 1;
}

interface Asked {
  readonly address: string;
  readonly next: Next | null;
  readonly items: number;
}

function nextOffset(
  { param, limitParam, limit, total }: Extract<Pagination, { type: "offset" }>,
  body: unknown,
  { address, items }: Asked,
): number | null {
  const end = wholeNumber(paramOf(address, param), 0) + items;
  const all = total === undefined ? null : Number(readPlace(body, total));
  if (items === 0) {
    return null;
  }
  if (all !== null && Number.isFinite(all)) {
    return end < all ? end : null;
  }
  return items < pageSize(address, limitParam, limit) ? null : end;
}

function nextPage(
  { param, first, limitParam, limit, pages }: Extract<Pagination, { type: "page" }>,
  body: unknown,
  { address, items }: Asked,
): number | null {
  const page = wholeNumber(paramOf(address, param), first);
  const last = pages === undefined ? null : Number(readPlace(body, pages));
  if (items === 0) {
    return null;
  }
  if (last !== null && Number.isFinite(last)) {
    return page - first + 1 < last ? page + 1 : null;
  }
  // Nobody said how long a page is: only an empty one is the end.
  return limitParam !== undefined && items < pageSize(address, limitParam, limit) ? null : page + 1;
}

/** A shorter page is the last one. More than the definition knows to be possible may have been asked for in vain. */
function pageSize(address: string, limitParam: string, limit: number): number {
  return Math.min(limit, wholeNumber(paramOf(address, limitParam), limit));
}

function wholeNumber(text: string | null, otherwise: number): number {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
}
