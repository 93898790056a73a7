import * as client from "openid-client";
import type { EgressRequest } from "#runtime/egress/fetch.ts";
import { hostOf } from "#runtime/egress/policy.ts";
import { InvalidError } from "#runtime/errors.ts";
import type { TokenRequest } from "#sdk/connector/oauth.ts";
import { resolveHosts, resolveUrl } from "../resolve.ts";
import type { Places } from "../resolve.ts";
import { secretFieldsOf } from "./new-credential.ts";
import { clientAuthentication, clientCertificate } from "./client-auth.ts";
import type { OAuthContext, TokenAnswer } from "./context.ts";
import { providerText } from "./provider-text.ts";
import { readAnswer } from "./read-answer.ts";
import type { Reading } from "./read-answer.ts";
import { refusal } from "./refusal.ts";
import { retryAfterMs } from "./retry-after.ts";
import { send } from "./send.ts";
import type { RawAnswer } from "./send.ts";
import { shapeRequest } from "./shape-request.ts";
import type { ShapedRequest } from "./shape-request.ts";

/** The data of a success, or how it failed. */
export type Asked =
  | { readonly kind: "data"; readonly data: object; readonly receivedAt: number }
  | Exclude<TokenAnswer, { kind: "tokens" }>;

/** One question to one of the provider's endpoints. */
export interface Question {
  /** The endpoint's address, as a template. */
  readonly endpoint: string;
  /** How the provider wants it written. */
  readonly request: TokenRequest;
  readonly places: Places;
  /** What must not be shown if the provider repeats it, besides what the app and the credential hold. */
  readonly secrets: readonly string[];
  /** The library's part: it makes the standard request, which is adapted on its way. */
  readonly ask: (configuration: client.Configuration) => Promise<unknown>;
  /** Default: as a token response. */
  readonly read?: (answer: RawAnswer) => Reading;
}

/** Asks, and says what came of it. Never throws for what the provider, the network or the definition do. */
export async function askProvider(context: OAuthContext, question: Question): Promise<Asked> {
  let asked: Asked | undefined;
  try {
    const configuration = await openClient(context, question, async (standard) => {
      asked = await exchange(context, question, standard);
      if (asked.kind !== "data") {
        throw new Error("The provider did not answer with data.");
      }
      // What the library insists on; what the provider really said is in `asked`.
      return Response.json({ access_token: "present", token_type: "bearer", active: true });
    });
    await question.ask(configuration);
  } catch (error) {
    return asked ?? refusal(error, secretsOf(context, question));
  }
  return asked ?? { kind: "refused", code: "other", message: "The provider was not asked." };
}

type Exchange = (standard: client.CustomFetchOptions) => Promise<Response>;

async function openClient(
  context: OAuthContext,
  question: Question,
  fetch: Exchange,
): Promise<client.Configuration> {
  const url = resolveUrl(context.connector, question.endpoint, question.places);
  if (context.app.clientId === "") {
    throw new InvalidError("The OAuth app has no client id. Set it on the app.", { code: "TENON_OAUTH_APP" });
  }
  const configuration = new client.Configuration(
    {
      issuer: url.origin,
      token_endpoint: url.href,
      revocation_endpoint: url.href,
      introspection_endpoint: url.href,
    },
    context.app.clientId,
    undefined,
    await clientAuthentication(context, question.places),
  );
  if (url.protocol === "http:") {
    // `resolveUrl` lets plain HTTP pass towards localhost only.
    client.allowInsecureRequests(configuration);
  }
  configuration[client.customFetch] = (_url, standard) => fetch(standard);
  return configuration;
}

async function exchange(
  context: OAuthContext,
  question: Question,
  standard: client.CustomFetchOptions,
): Promise<Asked> {
  const { connector, method, places } = { ...context, places: question.places };
  const url = resolveUrl(connector, question.endpoint, places);
  const params = new URLSearchParams(standard.body as URLSearchParams);
  const shaped = shapeRequest({ url, params, headers: standard.headers }, question.request, places);
  const answer = await send(
    context.egress,
    wireRequest(context, question, shaped),
    context.now ?? Date.now,
    context.deadlineMs,
  );
  const secrets = [...secretsOf(context, question), shaped.params.get("client_assertion")];
  if ("problem" in answer) {
    const { problem, mayHaveArrived } = answer;
    return {
      kind: "unavailable",
      message: providerText(problem, secrets),
      retryAfterMs: null,
      mayHaveArrived,
    };
  }
  const reading = question.read?.(answer) ?? readAnswer(answer, method.response);
  if (reading.kind === "data") {
    return { kind: "data", data: reading.data, receivedAt: answer.receivedAt };
  }
  const message = providerText(`${hostOf(url)} ${reading.says}`, secrets);
  return reading.kind === "refused"
    ? { kind: "refused", code: reading.code, message }
    : {
        kind: "unavailable",
        message,
        retryAfterMs: retryAfterMs(answer),
        mayHaveArrived: reading.mayHaveArrived,
      };
}

function wireRequest(
  context: OAuthContext,
  { places }: Question,
  { url, method, headers, body }: ShapedRequest,
): Omit<EgressRequest, "bodyLimit"> {
  const certificate = clientCertificate(context);
  return {
    url,
    method,
    headers,
    body,
    redirect: "error",
    allow: resolveHosts(context.connector, places),
    secrets: [],
    signal: context.signal,
    ...(certificate === undefined ? {} : { clientCertificate: certificate }),
  };
}

function secretsOf({ app, connector, method, fields }: OAuthContext, question: Question): string[] {
  const { credential } = question.places;
  const secretFields = Object.values(secretFieldsOf(connector, method, fields));
  const tokens = Object.values(credential?.tokens ?? {}).flatMap(({ accessToken, refreshToken }) => [
    accessToken,
    refreshToken,
  ]);
  return [
    app.clientSecret,
    app.privateKey,
    app.certificateKey,
    ...secretFields,
    ...Object.values(credential?.fields ?? {}),
    ...tokens,
    ...question.secrets,
  ].filter((value) => value !== null);
}
