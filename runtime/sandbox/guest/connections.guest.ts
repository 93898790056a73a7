import { brands } from "./brands.guest.ts";
import { callHost } from "./door.guest.ts";
import { asDictionary } from "./define-interface.guest.ts";
import { failure } from "./failure.guest.ts";
import { encodeRequest, encodeWhole, exchange } from "./exchange.guest.ts";
import { create, freeze, parse, quote, text, toText } from "./primordials.guest.ts";
import { Request, requestAccess } from "./request.guest.ts";
import type { Response } from "./response.guest.ts";
import { serialize } from "./serialize.guest.ts";

/** Stands for the connector's base URL while a request is made of a path: it is never dialled. */
const NOWHERE = "https://connection.invalid/";
/** An action's input: what the host takes of one call. */
const INPUT_LIMIT = 10_000_000;

/** What the host answers for one page. */
interface Page {
  readonly items: readonly unknown[];
  readonly next: string | number | null;
}

/** One of `ctx.connections`: everything is done by the host, which has the credential. */
export function connectionHandle(alias: string): Readonly<Record<string, unknown>> {
  return freeze({
    fetch: async (path: unknown, init?: unknown) => connectionFetch(alias, path, init),
    paginate: (path: unknown, init?: unknown) => {
      const { request, url } = requestOf(alias, path, init);
      const { json, upload } = encodeRequest(request, url);
      if (upload !== null) {
        throw new TypeError("Each page is a request of its own: their body cannot be a stream.");
      }
      return itemsOf(pagesBy(`{"alias":${quote(alias)},"request":${json},"next":`));
    },
    actions: actionsOf(alias),
  });
}

async function connectionFetch(alias: string, path: unknown, init: unknown): Promise<Response> {
  const { request, url } = requestOf(alias, path, init);
  const outgoing = encodeWhole(request, url);
  return exchange(
    "connection.fetch",
    // Awaited only where there is something to wait for: the stack shows the author's line until then.
    outgoing instanceof Promise ? await outgoing : outgoing,
    `,"alias":${quote(alias)}`,
  );
}

function requestOf(
  alias: string,
  path: unknown,
  init: unknown,
): { readonly request: Request; readonly url?: string } {
  if (requestAccess.isRequest(path)) {
    return { request: new Request(path, init) };
  }
  if (path === undefined || path === null) {
    throw failure(
      "TENON_CONNECTION_TARGET",
      `A request with the connection "${alias}" needs a path.`,
      "TypeError",
    );
  }
  return {
    request: new Request(NOWHERE, init),
    url: brands.isUrl(path) ? path.href : toText(path),
  };
}

/** Any name is an action: whether the connector has it is the host's to say. */
function actionsOf(alias: string): object {
  return new Proxy(freeze(create(null) as object), {
    get: (_, name) =>
      typeof name === "symbol" || name === "then" || name === "toJSON" ? undefined : actionOf(alias, name),
  });
}

function actionOf(alias: string, name: string): object {
  const argument = (input: unknown): string =>
    `{"alias":${quote(alias)},"action":${quote(name)},"input":${serialize(input === undefined ? {} : input, `The input of ${name}`, INPUT_LIMIT)}`;
  const action = async (input?: unknown): Promise<unknown> =>
    parse(await callHost("connection.action", `${argument(input)}}`));
  const pages = (input?: unknown): AsyncGenerator<readonly unknown[]> =>
    pagesBy(`${argument(input)},"next":`);
  const iterate = (input?: unknown): AsyncGenerator => itemsOf(pages(input));
  return freeze(Object.assign(action, { pages, iterate }));
}

async function* pagesBy(argument: string): AsyncGenerator<readonly unknown[]> {
  let next: string | number | null = null;
  do {
    const at: string = next === null ? "null" : typeof next === "string" ? quote(next) : text(next);
    const page = parse(await callHost("connection.page", `${argument}${at}}`)) as Page;
    yield page.items;
    next = page.next;
  } while (next !== null);
}

async function* itemsOf(pages: AsyncGenerator<readonly unknown[]>): AsyncGenerator {
  for await (const page of pages) {
    yield* page;
  }
}

/** `fetch` of an auth handler, with `seal`: what is to be a placeholder before the answer comes here. */
export async function sealingFetch(input: unknown, init?: unknown): Promise<Response> {
  const outgoing = encodeWhole(new Request(input, init));
  const { seal: wanted } = asDictionary(init, "The options of a request");
  const seal = serialize(wanted ?? {}, "The option seal", 10_000);
  return exchange(
    "handler.fetch",
    outgoing instanceof Promise ? await outgoing : outgoing,
    `,"seal":${seal}`,
  );
}
