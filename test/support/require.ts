import { execFileSync } from "node:child_process";
import { describe } from "vitest";
import { hasRedis } from "./redis.ts";

const REQUIRED = (process.env["TENON_TEST_REQUIRE"] ?? "").split(",");

/**
 * A suite that needs `redis-server`: reported as skipped, by name, where it is not installed, and a failure
 * where TENON_TEST_REQUIRE names it.
 */
export function describeWithRedis(name: string, suite: () => void): void {
  describeWith({ program: "redis-server", requirement: "redis", installed: hasRedis() }, name, suite);
}

/** The same for a suite that needs Chromium. */
export function describeWithChromium(name: string, suite: () => void): void {
  describeWith({ program: "chromium", requirement: "chromium", installed: hasChromium() }, name, suite);
}

function describeWith(
  need: { readonly program: string; readonly requirement: string; readonly installed: boolean },
  name: string,
  suite: () => void,
): void {
  if (!need.installed && REQUIRED.includes(need.requirement)) {
    throw new Error(
      `TENON_TEST_REQUIRE asks for ${need.requirement}, and ${need.program} is not installed: ${name}`,
    );
  }
  describe.skipIf(!need.installed)(`${name} [needs ${need.program}]`, suite);
}

function hasChromium(): boolean {
  try {
    execFileSync("chromium", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
