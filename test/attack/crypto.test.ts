import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { codeOf, resultOf, run, startPool } from "#test/host/sandbox-pool.ts";

let pool: SandboxPool;

beforeAll(async () => {
  // One process: whoever is beside the attack shares its threads.
  pool = await startPool({ processes: 1 });
});
afterAll(async () => {
  await pool.close();
});

const limits = { cpuTotalMs: 10_000, cpuSliceMs: 5_000, wallMs: 120_000 };
const runs = (code: string, more: Partial<typeof limits> = {}, signal = new AbortController().signal) =>
  run(pool, code, { limits: { ...limits, ...more }, signal });
const PBKDF2 = `const key = await crypto.subtle.importKey("raw", new Uint8Array(8), "PBKDF2", false, ["deriveBits"]);
  const derive = (iterations, bits = 256) => crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(8), iterations }, key, bits);`;

/** Small jobs one after the other: how long they took, while the attack went on. */
const neighbour = () =>
  runs(`async () => {
    const started = Date.now();
    for (let index = 0; index < 50; index += 1) await crypto.subtle.digest("SHA-256", new Uint8Array(100));
    return Date.now() - started;
  }`);

describe("jobs that would cost too much are refused before they start", () => {
  test.each([
    ["more than 10 MB", `crypto.subtle.digest("SHA-256", new Uint8Array(10 * 1024 * 1024 + 1))`],
    ["more than a post may hold", `crypto.subtle.digest("SHA-256", new Uint8Array(20e6))`],
    [
      "an RSA key of 16384 bits",
      `crypto.subtle.generateKey({ name: "RSA-PSS", hash: "SHA-256", modulusLength: 16384, publicExponent: new Uint8Array([1, 0, 1]) }, false, ["sign"])`,
    ],
    [
      "an exponent as long as the modulus",
      `crypto.subtle.generateKey({ name: "RSA-PSS", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array(256).fill(255) }, false, ["sign"])`,
    ],
    [
      "an RSA key in JSON with a modulus of 80000 bits",
      `crypto.subtle.importKey("jwk", { kty: "RSA", n: "q".repeat(13334), e: "AQAB" }, { name: "RSA-PSS", hash: "SHA-256" }, true, ["verify"])`,
    ],
    [
      "an RSA key in JSON with primes of 80000 bits",
      `crypto.subtle.importKey("jwk", { kty: "RSA", e: "AQAB", d: "q".repeat(342), n: "q".repeat(342), p: "q".repeat(13334), q: "q".repeat(13334), dp: "q".repeat(171), dq: "q".repeat(171), qi: "q".repeat(171) }, { name: "RSA-PSS", hash: "SHA-256" }, true, ["sign"])`,
    ],
    [
      "PKCS #8 of 5 MB",
      `crypto.subtle.importKey("pkcs8", new Uint8Array(5e6), { name: "RSA-PSS", hash: "SHA-256" }, true, ["sign"])`,
    ],
    [
      "an HMAC key of half a gigabyte",
      `crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256", length: 2 ** 32 - 8 }, true, ["sign"])`,
    ],
    ["more iterations than a password needs", `derive(2_000_001)`],
    ["few iterations for many blocks", `derive(100_000, 8_000_000)`],
    ["output without end", `derive(1, 2 ** 32 - 8)`],
  ])("%s", { timeout: 150_000 }, async (_, expression) => {
    const ran = await runs(`async () => {
      ${PBKDF2}
      const failed = await ${expression}.then(() => "done", (error) => error.name);
      return [failed, new Uint8Array(await crypto.subtle.digest("SHA-1", new Uint8Array(0))).toHex()];
    }`);
    expect(resultOf(ran)).toEqual(["OperationError", "da39a3ee5e6b4b0d3255bfef95601890afd80709"]);
  });
});

describe("a run that works its process's threads as hard as it may", () => {
  test("pays for them as for its own code", { timeout: 150_000 }, async () => {
    const attack = runs(
      `async () => { ${PBKDF2} for (;;) await Promise.all(Array.from({ length: 50 }, () => derive(1_000_000))); }`,
      {
        cpuTotalMs: 3_000,
      },
    );
    const ran = await attack;
    expect(codeOf(ran)).toBe("TENON_CPU_LIMIT");
    expect(ran.status === "failed" ? ran.usage.cpuMs : 0).toBeGreaterThan(3_000);
  });

  test("leaves threads to its neighbours", { timeout: 150_000 }, async () => {
    const over = new AbortController();
    const attack = runs(
      `async () => { ${PBKDF2} for (;;) await Promise.all(Array.from({ length: 50 }, () => derive(1_000_000))); }`,
      { cpuTotalMs: 10_000 },
      over.signal,
    );
    // Behind the attack in one line, 50 jobs would wait for 50 of its derivations: more than it may have.
    const first = await Promise.race([neighbour(), attack]);
    over.abort();
    expect(resultOf(first)).toBeTypeOf("number");
    expect(codeOf(await attack)).toBe("cancelled");
  });

  test("pays for making RSA keys", { timeout: 150_000 }, async () => {
    const ran = await runs(
      `async () => { for (;;) await crypto.subtle.generateKey({ name: "RSA-PSS", hash: "SHA-256", modulusLength: 4096, publicExponent: new Uint8Array([1, 0, 1]) }, false, ["sign"]); }`,
      { cpuTotalMs: 2_000, wallMs: 120_000 },
    );
    expect(codeOf(ran)).toBe("TENON_CPU_LIMIT");
  });

  test("waits in its own memory, thousands at once", { timeout: 150_000 }, async () => {
    const ran = await runs(`async () => {
      const digests = await Promise.all(Array.from({ length: 5_000 }, (_, index) => crypto.subtle.digest("SHA-256", new Uint8Array([index]))));
      return new Set(digests.map((digest) => new Uint8Array(digest).toHex())).size;
    }`);
    expect(resultOf(ran)).toBe(256);
  });

  test("and out of its own memory, with data", { timeout: 150_000 }, async () => {
    const [ran, beside] = await Promise.all([
      runs(
        `async () => { const data = new Uint8Array(9e6); await Promise.all(Array.from({ length: 500 }, () => crypto.subtle.digest("SHA-256", data))); return "held"; }`,
      ),
      neighbour(),
    ]);
    expect(codeOf(ran)).toBe("TENON_MEMORY_LIMIT");
    expect(resultOf(beside)).toBeTypeOf("number");
  });

  test("answers for a run that is over are dropped", { timeout: 150_000 }, async () => {
    const over = await runs(
      `async () => { ${PBKDF2} void derive(1_000_000); void derive(1_000_000); void derive(1); return "over"; }`,
    );
    expect(resultOf(over)).toBe("over");
    expect(resultOf(await neighbour())).toBeTypeOf("number");
  });
});

describe("the isolate's half", () => {
  test("asks rightly whatever guest code did to the prototypes", async () => {
    const ran = await runs(`async () => {
      Object.prototype.toJSON = () => "owned";
      Object.prototype.iv = "owned";
      Array.prototype.toJSON = () => "owned";
      String.prototype.toUpperCase = () => "owned";
      Map.prototype.get = () => { throw 1; };
      JSON.stringify = () => "owned";
      Uint8Array.prototype.toBase64 = () => "owned";
      const key = await crypto.subtle.importKey("raw", new Uint8Array(32), { name: "hmac", hash: "sha-256" }, true, ["sign"]);
      const digest = await crypto.subtle.sign("HMAC", key, new Uint8Array(0));
      return new Uint8Array(digest).toHex();
    }`);
    // HMAC-SHA-256 of nothing under 32 zeros.
    expect(resultOf(ran)).toBe("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  });

  test("knows its own keys only", async () => {
    const ran = await runs(`async () => {
      const name = (promise) => promise.then(() => "done", (error) => error.name);
      const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
      const forged = Object.create(CryptoKey.prototype, { type: { value: "secret" }, extractable: { value: true } });
      const wrapped = new Proxy(key, {});
      return [
        await name(crypto.subtle.exportKey("raw", key)),
        await name(crypto.subtle.exportKey("raw", forged)),
        await name(crypto.subtle.exportKey("raw", wrapped)),
        await name(crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, new Uint8Array(32))),
        (() => { try { return new CryptoKey(); } catch (error) { return error.name; } })(),
        JSON.stringify(Object.getOwnPropertyDescriptors(key)),
      ];
    }`);
    expect(resultOf(ran)).toEqual([
      "InvalidAccessError",
      "TypeError",
      "TypeError",
      "InvalidAccessError",
      "TypeError",
      "{}",
    ]);
  });
});
