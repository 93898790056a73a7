import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { randomHex } from "#runtime/ids.ts";

/** How the endpoint answers one request, instead of with tokens. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A provider's token endpoint on loopback: it rotates refresh tokens, and a spent one ends its family. */
export interface TokenEndpoint {
  readonly port: number;
  /** Access tokens live this long, in seconds. */
  lifetime: number;
  /** Every token request that arrived, with the time of its arrival. */
  readonly calls: { readonly refreshToken: string; readonly at: number }[];
  /** Families that were ended because a spent refresh token came again. */
  readonly revoked: Set<string>;
  /** A new grant: its first refresh token. */
  grant(): string;
  /** Asked before each request; what it returns answers instead. Tokens may have been rotated by then: see `after`. */
  before: (call: number) => Misbehaviour | null;
  /** Asked after the rotation; what it returns answers instead of the tokens, or delays them. */
  after: (call: number) => Promise<Misbehaviour | null>;
  /** Ends the family of a refresh token, as a person would at the provider. */
  revoke(refreshToken: string): void;
  readonly revocations: string[];
  close(): Promise<void>;
}

export async function startTokenEndpoint(): Promise<TokenEndpoint> {
  const families = new Map<string, { family: string; spent: boolean }>();
  const issue = (family: string): string => {
    const token = `rt_${randomHex(12)}`;
    families.set(token, { family, spent: false });
    return token;
  };
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const endpoint: TokenEndpoint = {
    port: typeof address === "object" && address !== null ? address.port : 0,
    lifetime: 3_600,
    calls: [],
    revoked: new Set(),
    revocations: [],
    grant: () => issue(randomHex(8)),
    before: () => null,
    after: async () => null,
    revoke: (token) => {
      endpoint.revoked.add(families.get(token)?.family ?? "");
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const form = new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
    if (request.url === "/revoke") {
      endpoint.revocations.push(form.get("token") ?? "");
      response.end();
      return;
    }
    const refreshToken = form.get("refresh_token") ?? "";
    endpoint.calls.push({ refreshToken, at: Date.now() });
    const number = endpoint.calls.length;
    const instead = endpoint.before(number);
    if (instead !== null) {
      await instead(request, response);
      return;
    }
    const known = families.get(refreshToken);
    if (known?.spent === true) {
      endpoint.revoked.add(known.family);
    }
    if (known === undefined || endpoint.revoked.has(known.family)) {
      send(response, 400, { error: "invalid_grant", error_description: "The grant has ended." });
      return;
    }
    known.spent = true;
    const next = issue(known.family);
    const late = await endpoint.after(number);
    if (late !== null) {
      await late(request, response);
      return;
    }
    send(response, 200, {
      access_token: `at_${randomHex(12)}`,
      token_type: "Bearer",
      refresh_token: next,
      expires_in: endpoint.lifetime,
    });
  }
  return endpoint;
}

/** Answers with JSON. */
export function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** An answer that is only an error. */
export function failing(
  status: number,
  body: object = {},
  headers: Readonly<Record<string, string>> = {},
): Misbehaviour {
  return (_request, response) => {
    send(response, status, body, headers);
  };
}
