import { describe } from "vitest";
import { hasRedis } from "./redis.ts";

const REQUIRED = (process.env["TENON_TEST_REQUIRE"] ?? "").split(",");

/**
 * A suite that needs `redis-server`: reported as skipped, by name, where it is not installed, and a failure
 * where TENON_TEST_REQUIRE names it.
 */
export function describeWithRedis(name: string, suite: () => void): void {
  const missing = !hasRedis();
  if (missing && REQUIRED.includes("redis")) {
    throw new Error(`TENON_TEST_REQUIRE asks for redis, and redis-server is not installed: ${name}`);
  }
  describe.skipIf(missing)(`${name} [needs redis-server]`, suite);
}
