import { describe, expect, test } from "vitest";
import { bench, endpoint, events, journal, refresh, start, startRenewal } from "./renewal.ts";

describe("one renewal", () => {
  test("a hundred requests from five processes are one call, and all get its version", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), -1);
    const processes = Array.from({ length: 5 }, () => bench.otherParts());
    const results = await Promise.all(
      processes.flatMap((parts) => Array.from({ length: 20 }, async () => refresh(id, "expired", 1, parts))),
    );
    expect(endpoint.calls.length).toBe(1);
    expect(new Set(results.map((result) => ("version" in result ? result.version : 0)))).toEqual(
      new Set([2]),
    );
    expect(results.filter(({ status }) => status === "refreshed").length).toBe(1);
  });

  test("the next version holds the rotated tokens; everybody is told; the journal keeps no token", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 60);
    expect(await refresh(id, "due")).toEqual({ status: "refreshed", version: 2 });
    const { tokens } = await bench.credential(id);
    expect(tokens["main"]?.accessToken).toMatch(/^at_[0-9a-f]{24}$/);
    expect(tokens["main"]?.refreshToken).not.toBe(endpoint.calls[0]?.refreshToken);
    const state = await bench.state(id);
    expect(state).toMatchObject({ status: "healthy", version: 2, leaseToken: null, failures: 0 });
    const left = ((state.expiresAt?.getTime() ?? 0) - Date.now()) / 1_000;
    expect(left).toBeGreaterThan(3_590);
    expect(left).toBeLessThanOrEqual(3_600);
    const lead = ((state.expiresAt?.getTime() ?? 0) - (state.dueAt?.getTime() ?? 0)) / 1_000;
    expect(lead).toBeGreaterThanOrEqual(240);
    expect(lead).toBeLessThanOrEqual(300);
    expect(await journal()).toEqual([{ state: "applied", outcome: "tokens", answerSealed: null }]);
    expect(await events()).toEqual(["refreshed"]);
    const audited = await bench.query(
      (sql) => sql`select action, outcome from audit_events
        where organization_id = ${bench.organizationId} and resource_id = ${id}`,
    );
    expect(audited).toEqual([{ action: "credential.token_refresh", outcome: "success" }]);
  });

  test("a request for a version that is past, or a due one that is not due, makes no call", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 3_600);
    expect(await refresh(id, "due")).toEqual({ status: "fresh", version: 1 });
    await refresh(id, "asked");
    expect(await refresh(id, "expired", 1)).toEqual({ status: "fresh", version: 2 });
    // A run whose request was refused although the token is seconds old: another one would be refused too.
    expect(await refresh(id, "expired", 2)).toMatchObject({
      status: "fresh",
      version: 2,
      note: expect.stringMatching(/issued seconds ago.*reconnect it/) as string,
    });
    expect(endpoint.calls.length).toBe(1);
  });

  test("a slow answer is an old one: its tokens count from the beginning of the call", async () => {
    const { id, renewal, release } = await startRenewal(60);
    bench.clock.advance(20_000);
    release();
    await renewal;
    const { expiresAt } = await bench.state(id);
    expect(((expiresAt?.getTime() ?? 0) - bench.clock.now().getTime()) / 1_000).toBeLessThan(3_581);
  });

  test("renewal is not asked for before the provider takes it", async () => {
    await start({ refresh: { rotation: "always", margin: 20, notBefore: 30 } });
    const id = await bench.connect(endpoint.grant(), 600);
    expect(await refresh(id, "asked")).toMatchObject({ status: "unavailable", usable: true });
    expect(endpoint.calls.length).toBe(0);
    bench.clock.advance(571_000);
    expect(await refresh(id, "asked")).toMatchObject({ status: "refreshed" });
    const { dueAt, expiresAt } = await bench.state(id);
    expect((expiresAt?.getTime() ?? 0) - (dueAt?.getTime() ?? 0)).toBeLessThanOrEqual(30_000);
  });

  test("a token without a refresh token is told about when it ends, and not before", async () => {
    await start();
    const id = await bench.connect(null, 30);
    expect(await refresh(id, "due")).toEqual({ status: "fresh", version: 1 });
    bench.clock.advance(31_000);
    expect(await refresh(id, "due")).toMatchObject({ status: "reauthorize", usable: false });
    expect(await bench.state(id)).toMatchObject({ status: "reauthorize", dueAt: null });
    expect(endpoint.calls.length).toBe(0);
    expect(await events()).toEqual(["reauthorize"]);
  });
});
