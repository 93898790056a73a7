import { z } from "zod";
import { InvalidError } from "#runtime/errors.ts";
import { findAction } from "../action/find.ts";
import { itemsOf, nextOf, pageRequest } from "../action/paginate.ts";
import { performHttp, requestOf } from "../action/perform.ts";
import { readAnswer } from "../action/read-result.ts";
import { isIdempotent, send } from "../connection/send.ts";
import { targetOf } from "../connection/target.ts";
import type { CallContext, HostCall } from "./call.ts";
import { declaredConnection, sendParts } from "./connection.ts";
import { guestRequest } from "./fetch.ts";

const next = z.union([z.string().max(65_536), z.number().int().nonnegative()]).nullable();
const argument = z.union([
  z.strictObject({ alias: z.string().max(200), request: guestRequest, next }),
  z.strictObject({
    alias: z.string().max(200),
    action: z.string().max(200),
    input: z.record(z.string(), z.unknown()),
    next,
  }),
]);

/** One page of a list, of a path (`paginate`) or of an action (`pages`), and where the list goes on. */
export const connectionPage: HostCall = async (context, given) => {
  const asked = argument.parse(given);
  return "action" in asked ? actionPage(context, asked) : pathPage(context, asked);
};

async function pathPage(
  context: CallContext,
  { alias, request, next: at }: Extract<z.infer<typeof argument>, { request: unknown }>,
): Promise<unknown> {
  const connection = declaredConnection(context, alias);
  const { pagination, slug } = connection.access.connector;
  if (pagination === undefined) {
    throw new InvalidError(
      `The connector "${slug}" does not say how its lists go on: use fetch, or pages of one of its actions.`,
      { code: "TENON_PAGINATION" },
    );
  }
  const body = request.body === null ? null : Buffer.from(request.body, "base64");
  const page = pageRequest({ address: request.url, body }, pagination, at);
  const response = await send(sendParts(context, connection), {
    idempotent: isIdempotent(request.method, request.headers),
    outgoing: ({ baseUrl }) => ({
      ...request,
      url: targetOf(page.address, baseUrl, alias),
      body: page.body,
    }),
  });
  const answer = await readAnswer(response, context.blind, `A page of ${alias}`);
  const items = itemsOf(pagination, answer);
  const goesOn = nextOf(pagination, answer, { address: page.address, next: at, items: items.length });
  return { items, next: blindNext(context, goesOn) };
}

async function actionPage(
  context: CallContext,
  { alias, action: name, input, next: at }: Extract<z.infer<typeof argument>, { action: unknown }>,
): Promise<unknown> {
  const connection = declaredConnection(context, alias);
  const { connector } = connection.access;
  const action = findAction(connector, name);
  const pagination =
    action.http?.pagination ?? (action.http === undefined ? undefined : connector.pagination);
  if (action.http === undefined || pagination === undefined) {
    throw new InvalidError(
      `The action "${action.slug}" of "${connector.slug}" is not a list that has pages.`,
      {
        code: "TENON_PAGINATION",
      },
    );
  }
  const built = requestOf(connection, action, action.http, input);
  const page = pageRequest({ ...built, address: built.path }, pagination, at, action.http.wrap);
  const answer = await performHttp(context, connection, action, { ...page, path: page.address });
  const items = itemsOf(pagination, answer, action.http.result);
  const goesOn = nextOf(pagination, answer, { address: page.address, next: at, items: items.length });
  return { items, next: blindNext(context, goesOn) };
}

/** The next page's address may repeat the credential: guest code carries the placeholder. */
function blindNext({ blind }: CallContext, goesOn: string | number | null): string | number | null {
  return typeof goesOn === "string" ? blind.text(goesOn) : goesOn;
}
