import { webcrypto } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { createSandboxPool } from "#runtime/host/pool.ts";
import { createLogger } from "#runtime/log.ts";
import { LIMITS, resultOf, run } from "#test/host/sandbox-pool.ts";

let pool: SandboxPool;

beforeAll(async () => {
  const isLinux = process.platform === "linux" && ["x64", "arm64"].includes(process.arch);
  // Under the whole lockdown: WebCrypto's threads start behind the seccomp filter.
  pool = await createSandboxPool({
    config: {
      sandboxProcesses: 1,
      sandboxLockdown: isLinux ? "required" : "auto",
      memoryLimitMb: LIMITS.memoryMb,
    },
    egress: { fetch: async () => Promise.reject(new Error("no way out")), close: async () => undefined },
    log: createLogger("test", "silent"),
  });
});
afterAll(async () => {
  await pool.close();
});

const inside = async (body: string): Promise<unknown> =>
  resultOf(
    await run(pool, `async (ctx, input) => { const { subtle } = crypto; ${body} }`, {
      limits: { cpuTotalMs: 20_000, cpuSliceMs: 10_000 },
    }),
  );
const { subtle } = webcrypto;

test("what is signed and encrypted inside is verified and decrypted outside", async () => {
  const made = (await inside(`
    const text = new TextEncoder().encode("across");
    const pair = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, ["sign", "verify"]);
    const rsa = await subtle.generateKey({ name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, true, ["encrypt", "decrypt"]);
    return {
      spki: new Uint8Array(await subtle.exportKey("spki", pair.publicKey)).toBase64(),
      signature: new Uint8Array(await subtle.sign({ name: "ECDSA", hash: "SHA-384" }, pair.privateKey, text)).toBase64(),
      jwk: await subtle.exportKey("jwk", rsa.privateKey),
      sealed: new Uint8Array(await subtle.encrypt("RSA-OAEP", rsa.publicKey, text)).toBase64(),
    };`)) as { spki: string; signature: string; jwk: webcrypto.JsonWebKey; sealed: string };
  const curve = { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" };
  const key = await subtle.importKey("spki", Buffer.from(made.spki, "base64"), curve, false, ["verify"]);
  const text = Buffer.from("across");
  expect(await subtle.verify(curve, key, Buffer.from(made.signature, "base64"), text)).toBe(true);
  const oaep = { name: "RSA-OAEP", hash: "SHA-256" };
  const rsa = await subtle.importKey("jwk", made.jwk, oaep, false, ["decrypt"]);
  const opened = await subtle.decrypt(oaep, rsa, Buffer.from(made.sealed, "base64"));
  expect(Buffer.from(opened).toString()).toBe("across");
});

test("all threads at once, each job's answer at its place", async () => {
  const answers = await inside(`
    const key = await subtle.importKey("raw", new Uint8Array(16), "PBKDF2", false, ["deriveBits"]);
    const derive = async (iterations) => new Uint8Array(await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(8), iterations }, key, 64)).toHex();
    return Promise.all([30000, 1, 20000, 2, 10000, 3, 1000, 4].map(derive));`);
  const key = await subtle.importKey("raw", new Uint8Array(16), "PBKDF2", false, ["deriveBits"]);
  const byNode = [30_000, 1, 20_000, 2, 10_000, 3, 1_000, 4].map(async (iterations) => {
    const algorithm = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(8), iterations };
    return Buffer.from(await subtle.deriveBits(algorithm, key, 64)).toString("hex");
  });
  expect(answers).toEqual(await Promise.all(byNode));
});

test("keys are wrapped, agreed on and derived", async () => {
  const answer = await inside(`
    const [ours, theirs] = await Promise.all([1, 2].map(() => subtle.generateKey("X25519", false, ["deriveKey", "deriveBits"])));
    const aes = { name: "AES-GCM", length: 256 };
    const agree = (mine, other) => subtle.deriveKey({ name: "X25519", public: other.publicKey }, mine.privateKey, aes, true, ["encrypt", "decrypt"]);
    const [one, other] = await Promise.all([agree(ours, theirs), agree(theirs, ours)]);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await subtle.encrypt({ name: "AES-GCM", iv, additionalData: new Uint8Array([1]) }, one, new TextEncoder().encode("agreed"));
    const opened = await subtle.decrypt({ name: "AES-GCM", iv, additionalData: new Uint8Array([1]) }, other, sealed);
    const wrapping = await subtle.generateKey({ name: "AES-KW", length: 128 }, false, ["wrapKey", "unwrapKey"]);
    const wrapped = await subtle.wrapKey("raw", one, wrapping, "AES-KW");
    const again = await subtle.unwrapKey("raw", wrapped, wrapping, "AES-KW", "AES-GCM", true, ["decrypt"]);
    const base = await subtle.importKey("raw", new Uint8Array(32), "HKDF", false, ["deriveKey"]);
    const mac = await subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: new Uint8Array(0) }, base, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    const same = new Uint8Array(await subtle.exportKey("raw", again)).toHex() === new Uint8Array(await subtle.exportKey("raw", one)).toHex();
    return [new TextDecoder().decode(opened), same, again.usages, mac.algorithm, ours.privateKey.extractable];`);
  expect(answer).toEqual([
    "agreed",
    true,
    ["decrypt"],
    { name: "HMAC", hash: { name: "SHA-256" }, length: 512 },
    false,
  ]);
});

test("what is wrong is said as the standard says", async () => {
  const names = await inside(`
    const nameOf = async (promise) => promise.then(() => "done", (error) => [error.name, error instanceof DOMException || error instanceof TypeError]);
    const aes = await subtle.generateKey({ name: "AES-CBC", length: 128 }, false, ["encrypt"]);
    const call = (method, ...values) => nameOf(subtle[method](...values));
    return Promise.all([
      call("digest", "MD5", new Uint8Array(0)),
      call("digest", "SHA-256", "text"),
      call("digest"),
      call("encrypt", { name: "AES-CBC", iv: new Uint8Array(3) }, aes, new Uint8Array(1)),
      call("decrypt", { name: "AES-CBC", iv: new Uint8Array(16) }, aes, new Uint8Array(16)),
      call("exportKey", "raw", aes),
      call("generateKey", { name: "AES-CBC", length: 128 }, true, []),
      call("importKey", "jwk", { kty: "oct", k: "AA" }, "AES-CBC", true, ["encrypt"]),
      call("importKey", "raw", new Uint8Array(16), "AES-CBC", true, ["sign"]),
      nameOf(Reflect.apply(subtle.digest, {}, ["SHA-1", new Uint8Array(0)])),
    ]);`);
  expect(names).toEqual(
    [
      "NotSupportedError",
      "TypeError",
      "TypeError",
      "OperationError",
      "InvalidAccessError",
      "InvalidAccessError",
      "SyntaxError",
      "DataError",
      "SyntaxError",
      "TypeError",
    ].map((name) => [name, true]),
  );
});

test("words that WebCrypto knows nothing of are errors of their author, and not the end of the process", async () => {
  const long = await inside(`
    const name = async (act) => act().then(() => "nothing", (error) => error.name);
    const jwk = { kty: "oct", k: "AAAA" };
    const hmac = { name: "HMAC", hash: "SHA-256" };
    return [
      await name(() => subtle.generateKey({ name: "ECDSA", namedCurve: "P".repeat(101) }, true, ["sign"])),
      await name(() => subtle.importKey("jwk", { ...jwk, key_ops: Array(101).fill("sign") }, hmac, true, ["sign"])),
      await name(() => subtle.importKey("jwk", { ...jwk, key_ops: ["s".repeat(101)] }, hmac, true, ["sign"])),
      await name(() => subtle.importKey("jwk", { ...jwk, key_ops: ["sign"] }, hmac, true, ["sign"])),
    ];
  `);
  expect(long).toEqual(["NotSupportedError", "DataError", "DataError", "nothing"]);
});
