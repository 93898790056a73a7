import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFakeProvider } from "#sdk/connector-testing.ts";
import type { FakeProvider } from "#sdk/connector-testing.ts";
import { addConnector, newSession, openPage, startBench, visit } from "#test/connect/kit.ts";
import type { ConnectBench } from "#test/connect/kit.ts";

const EVIL = `"><img src=x onerror=alert(1)><script>alert(2)</script>'`;

let bench: ConnectBench;
let evil: FakeProvider;
beforeAll(async () => {
  bench = await startBench();
  evil = await startFakeProvider({
    slug: "evil",
    name: `Evil ${EVIL}`,
    description: EVIL,
    hosts: ["api.evil.example"],
    baseUrl: "https://api.evil.example",
    verification: { path: "/me", reason: "message" },
    auth: [
      {
        id: "key",
        type: "api-key",
        label: EVIL,
        description: EVIL,
        help: "javascript:alert(3)",
        name: "X-Key",
        fields: {
          apiKey: { label: EVIL, type: "password", description: EVIL, placeholder: EVIL },
          place: { label: EVIL, default: EVIL, required: false },
          choice: { label: EVIL, options: [{ value: EVIL, label: EVIL }], required: false },
        },
      },
      { id: "other", type: "bearer", label: EVIL },
    ],
  });
  await addConnector(bench.tenant, evil);
});
afterAll(async () => {
  await bench.close();
  await evil.close();
});

const harmless = (html: string): void => {
  expect(html).not.toContain("<img src=x");
  expect(html).not.toContain("<script>alert");
  expect(html).not.toMatch(/href="javascript:/i);
  expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
};

describe("what others write", () => {
  test("is text on the page: names, labels, hints, defaults, options, and no javascript: link", async () => {
    const visitor = await openPage(bench.api, await newSession(bench.tenant, { connectors: ["evil"] }));
    harmless(await (await visitor.ask("/view?view=list")).text());
    harmless(await (await visitor.ask("/view?connector=evil")).text());
  });

  test("is text also in the provider's refusal, and what was typed comes back escaped, secrets not at all", async () => {
    const visitor = await openPage(bench.api, await newSession(bench.tenant, { connectors: ["evil"] }));
    evil.control.failNext(1, { status: 403, body: JSON.stringify({ message: EVIL }) }, "verification");
    const answer = await visitor.ask("/connections", {
      connector: "evil",
      method: "key",
      fields: { apiKey: "s3cret-canary-value", place: EVIL },
    });
    const html = await answer.text();
    expect(answer.status).toBe(422);
    harmless(html);
    expect(html).not.toContain("s3cret-canary-value");
  });

  test("in a path or a form is never repeated as HTML", async () => {
    const page = await fetch(`${bench.api.url}/connect/${encodeURIComponent(EVIL)}`);
    expect(page.status).toBe(404);
    expect(await page.text()).not.toContain("<img");
    const visitor = await openPage(bench.api, await newSession(bench.tenant));
    const begun = await visitor.authorize({ connector: EVIL, method: EVIL });
    expect(begun.response.status).toBe(403);
    expect(await begun.response.text()).not.toContain("<img src");
    const callback = await fetch(
      `${bench.api.url}/oauth/callback/${encodeURIComponent(EVIL)}?state=x&code=y`,
    );
    expect(await callback.text()).not.toContain("<img src");
  });
});

describe("the page's headers", () => {
  test("let nobody frame it but the allowed origins, load nothing from elsewhere, and leak no address", async () => {
    const open = await newSession(bench.tenant, { allowedOrigins: ["https://app.example.com"] });
    const shut = await newSession(bench.tenant);
    const framed = await fetch(`${bench.api.url}/connect/${open.id}`);
    const policy = framed.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'sha256-[^']+'; /);
    expect(policy).toContain("form-action 'self'; base-uri 'none'; frame-ancestors https://app.example.com");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(framed.headers.get("x-frame-options")).toBeNull();
    const alone = await fetch(`${bench.api.url}/connect/${shut.id}`);
    expect(alone.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(alone.headers.get("x-frame-options")).toBe("DENY");
    for (const { headers } of [framed, alone]) {
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("set-cookie")).toBeNull();
    }
  });

  test("of the callback let nobody frame it", async () => {
    const answer = await fetch(`${bench.api.url}/oauth/callback/acme-crm?state=x`);
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(answer.headers.get("x-frame-options")).toBe("DENY");
  });

  test("keep the cookie of an authorization to the callback, and from scripts", async () => {
    const visitor = await openPage(bench.api, await newSession(bench.tenant));
    const { response } = await visitor.authorize({ connector: "acme-crm" });
    expect(response.headers.get("set-cookie")).toMatch(
      /^tenon_connect_[0-9a-f]{16}=[^;]+; Max-Age=600; Path=\/oauth\/callback; HttpOnly; SameSite=Lax$/,
    );
  });
});

describe("a request from another site", () => {
  test.each(["https://evil.example.com", "null", "http://127.0.0.1", undefined])(
    "with the origin %j begins nothing",
    async (origin) => {
      const session = await newSession(bench.tenant);
      const visitor = await openPage(bench.api, session);
      const headers: Record<string, string> = origin === undefined ? {} : { origin };
      const form = new URLSearchParams({ page: visitor.page, connector: "acme-crm", method: "oauth" });
      const url = `${bench.api.url}/connect/${session.id}`;
      const posted = await fetch(`${url}/authorize`, { method: "POST", headers, body: form });
      expect(posted.status).toBe(403);
      expect(posted.headers.get("set-cookie")).toBeNull();
      const pasted = await fetch(`${url}/connections`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", authorization: `Bearer ${visitor.page}` },
        body: JSON.stringify({ connector: "acme-crm", method: "oauth", fields: {} }),
      });
      expect(pasted.status).toBe(403);
      const fresh = await newSession(bench.tenant);
      const opened = await fetch(`${bench.api.url}/connect/${fresh.id}/open`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ token: fresh.token }),
      });
      expect(opened.status).toBe(403);
      expect((await visit(bench.api, fresh).ask("/open", { token: fresh.token })).status).toBe(200);
    },
  );

  test("gets no permission to read: there is no CORS", async () => {
    const session = await newSession(bench.tenant, { allowedOrigins: ["https://app.example.com"] });
    const answer = await fetch(`${bench.api.url}/connect/${session.id}/view`, {
      headers: { origin: "https://app.example.com" },
    });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("with a form that is too large, of another type or with NUL in it is refused", async () => {
    const visitor = await openPage(bench.api, await newSession(bench.tenant));
    const post = async (body: string, type: string): Promise<number> =>
      (
        await fetch(`${bench.api.url}/connect/${visitor.session.id}/authorize`, {
          method: "POST",
          headers: { origin: bench.api.url, "content-type": type },
          body,
        })
      ).status;
    const type = "application/x-www-form-urlencoded";
    expect(await post(`page=${visitor.page}&x=${"y".repeat(600_000)}`, type)).toBe(413);
    expect(await post(`page=${visitor.page}`, "text/plain")).toBe(400);
    expect(await post(`page=${visitor.page}&connector=acme-crm&method=%00`, type)).toBe(400);
  });
});
