import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ConnectorInput } from "#sdk/connector/schema.ts";

/** What a vendor on loopback was asked. */
export interface VendorRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A vendor whose API takes every way to authenticate, on loopback. */
export interface Vendor {
  readonly origin: string;
  readonly requests: VendorRequest[];
  /** Credentials that are good, and whose they are: values of `Authorization`, `X-Key` or `?key=`. */
  readonly accounts: Map<string, { readonly id: string; readonly name: string }>;
  /** Set: every answer of `/me` has this status. */
  trouble: number | null;
  /** The token endpoint answers when this has come. */
  held: Promise<void>;
  /** Tokens that were given and not revoked. */
  readonly tokens: Set<string>;
  close(): Promise<void>;
}

/** The id and the secret of the app that the vendor knows. */
export const VENDOR_APP = { clientId: "tenon-app", clientSecret: "app-secret-8f3a1c" } as const;

/** Starts the vendor on a free port. */
export async function startVendor(): Promise<Vendor> {
  const requests: VendorRequest[] = [];
  const accounts: Vendor["accounts"] = new Map();
  const tokens = new Set<string>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const { method = "", url = "/", headers } = request;
    requests.push({ method, url, headers, body });
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const reply = (status: number, content: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
    };
    if (pathname === "/token") {
      await vendor.held;
      giveToken(new URLSearchParams(body), reply);
    } else if (pathname === "/revoke") {
      tokens.delete(new URLSearchParams(body).get("token") ?? "");
      reply(200, {});
    } else {
      me([headers.authorization, headers["x-key"], searchParams.get("key")], reply);
    }
  };
  const giveToken = (form: URLSearchParams, reply: (status: number, content: object) => void): void => {
    if (
      form.get("client_id") !== VENDOR_APP.clientId ||
      form.get("client_secret") !== VENDOR_APP.clientSecret
    ) {
      reply(401, { error: "invalid_client", error_description: "no such app" });
      return;
    }
    const token = `app-token-${String(requests.length)}-5d1e`;
    tokens.add(token);
    accounts.set(`Bearer ${token}`, { id: "app", name: "The app" });
    reply(200, { access_token: token, token_type: "Bearer", expires_in: 3600, scope: "read" });
  };
  const me = (sent: readonly unknown[], reply: (status: number, content: object) => void): void => {
    const account = sent.flatMap((value) => accounts.get(String(value)) ?? [])[0];
    if (vendor.trouble !== null) {
      reply(vendor.trouble, { message: "out of order" });
    } else if (account === undefined) {
      reply(401, { message: `who are you, ${sent.filter(Boolean).map(String).join()}?` });
    } else {
      reply(200, account);
    }
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const vendor: Vendor = {
    origin: `http://localhost:${String((server.address() as AddressInfo).port)}`,
    requests,
    accounts,
    trouble: null,
    held: Promise.resolve(),
    tokens,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return vendor;
}

/** A connector of the vendor with every type of method that needs nobody's consent. */
export function vendorConnector(vendor: Vendor, slug = "vendor"): ConnectorInput {
  return {
    slug,
    name: "Vendor",
    hosts: [vendor.origin],
    baseUrl: vendor.origin,
    auth: [
      { id: "key", type: "api-key", label: "API key", name: "X-Key" },
      { id: "query-key", type: "api-key", in: "query", label: "API key in the query", name: "key" },
      { id: "basic", type: "basic", label: "User name and password" },
      { id: "bearer", type: "bearer", label: "Token" },
      { id: "open", type: "none", label: "Nothing" },
      {
        id: "app",
        type: "oauth2",
        label: "As the app",
        grant: "client_credentials",
        tokenUrl: `${vendor.origin}/token`,
        revokeUrl: `${vendor.origin}/revoke`,
        revoke: "access_token",
        pkce: "forbidden",
        refresh: { by: "again" },
      },
    ],
    verification: { path: "/me", reason: "message", account: { id: "id", name: "name" } },
    actions: [
      { slug: "read-me", name: "Read me", http: { method: "GET", path: "/me" } },
      { slug: "change-me", name: "Change me", http: { method: "PATCH", path: "/me" } },
    ],
  };
}
