import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { renewTokens } from "#runtime/oauth/protocol/renew-tokens.ts";
import type { OAuthContext, TokenAnswer } from "#runtime/oauth/protocol/context.ts";
import { TEST_CERTIFICATE, TEST_PRIVATE_KEY } from "#test/egress/certificate.ts";
import { CLIENT_CERTIFICATE, CLIENT_KEY } from "./client-certificate.ts";
import { APP, connectorFor, contextFor, credentialOf, loopbackEgress } from "./kit.ts";

interface Seen {
  readonly form: Record<string, string>;
  readonly fingerprint: string | undefined;
}

const closers: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

/** A provider that knows its clients by their certificates. */
async function startTlsProvider(): Promise<{ origin: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(
    {
      cert: TEST_CERTIFICATE,
      key: TEST_PRIVATE_KEY,
      requestCert: true,
      rejectUnauthorized: false,
      ca: CLIENT_CERTIFICATE,
    },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const socket = request.socket as TLSSocket;
        const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
        const { fingerprint256 } = socket.getPeerCertificate();
        seen.push({ form, fingerprint: fingerprint256 });
        response.writeHead(socket.authorized ? 200 : 401, { "content-type": "application/json" });
        response.end(
          JSON.stringify(socket.authorized ? { access_token: "new-access" } : { error: "invalid_client" }),
        );
      });
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return { origin: `https://localhost:${String((server.address() as AddressInfo).port)}`, seen };
}

const TLS_APP = { ...APP, clientSecret: null, certificate: CLIENT_CERTIFICATE, certificateKey: CLIENT_KEY };

async function renewAt(origin: string, given: Partial<OAuthContext>): Promise<TokenAnswer> {
  // Definitions take https only with public hosts; this one is a public one's, moved to loopback.
  const plain = connectorFor({ origin: "http://localhost:9" }, { clientAuth: "tls" });
  const connector = { ...plain, hosts: [origin] };
  const context = contextFor(connector, given);
  return renewTokens(
    {
      ...context,
      method: {
        ...context.method,
        clientAuth: given.method?.clientAuth ?? "tls",
        tokenUrl: `${origin}/token`,
      },
    },
    credentialOf(),
  );
}

describe("an app that proves itself by its certificate", () => {
  it("presents it in the handshake, and names itself in the body", async () => {
    const { origin, seen } = await startTlsProvider();
    expect(await renewAt(origin, { app: TLS_APP })).toMatchObject({ kind: "tokens" });
    expect(seen).toMatchObject([
      {
        form: { client_id: APP.clientId },
        fingerprint: new X509Certificate(CLIENT_CERTIFICATE).fingerprint256,
      },
    ]);
    expect(seen[0]?.form).not.toHaveProperty("client_secret");
  });

  it("shares its connections with nobody", async () => {
    const { origin, seen } = await startTlsProvider();
    const egress = loopbackEgress();
    const method = {
      ...contextFor(connectorFor({ origin: "http://localhost:9" })).method,
      clientAuth: "none",
    } as const;
    expect(await renewAt(origin, { app: TLS_APP, egress })).toMatchObject({ kind: "tokens" });
    expect(await renewAt(origin, { egress, method })).toMatchObject({
      kind: "refused",
      code: "invalid_client",
    });
    expect(await renewAt(origin, { app: TLS_APP, egress })).toMatchObject({ kind: "tokens" });
    expect(seen.map(({ fingerprint }) => fingerprint !== undefined)).toEqual([true, false, true]);
  });

  it.each([
    ["a key that is not the certificate's", { certificateKey: TEST_PRIVATE_KEY }],
    ["a key that is none", { certificateKey: "-----BEGIN PRIVATE KEY-----" }],
    ["no certificate", { certificate: null }],
    ["no key", { certificateKey: null }],
  ])("is not tried with %s", async (_, wrong) => {
    const { origin, seen } = await startTlsProvider();
    const answer = await renewAt(origin, { app: { ...TLS_APP, ...wrong } });
    expect(answer).toMatchObject({ kind: "refused", code: "invalid_client" });
    expect(JSON.stringify(answer)).not.toContain("BEGIN");
    expect(seen).toEqual([]);
  });
});
