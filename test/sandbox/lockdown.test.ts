import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { buildSandboxProgram } from "#runtime/host/sandbox-program.ts";

interface Report {
  readonly lockdown: {
    readonly permission: boolean;
    readonly noNewPrivileges: boolean;
    readonly seccomp: boolean;
    readonly landlock: boolean;
    readonly problems: readonly string[];
  };
  readonly environment: readonly string[];
  readonly outcomes: Readonly<Record<string, string>>;
}

/** What escaped code could do, told by itself. */
async function escape(): Promise<Report> {
  const script = path.join(import.meta.dirname, "escaped.ts");
  const program = await buildSandboxProgram(script);
  const child = spawn(process.execPath, program.arguments, {
    cwd: "/",
    env: {},
    stdio: ["pipe", "ignore", "ignore", "pipe"],
  });
  child.stdin?.end(program.text);
  return JSON.parse(await text(child.stdio[3] as Readable)) as Report;
}

describe("a process whose isolate was escaped", () => {
  test("finds an empty environment and every door shut", async () => {
    const { lockdown, environment, outcomes } = await escape();
    expect(environment).toEqual([]);
    expect(lockdown.permission).toBe(true);
    // Node's own doors are shut on every system; the kernel's where the kernel has them.
    const names = Object.keys(outcomes).filter((name) => lockdown.seccomp || !name.startsWith("syscall"));
    for (const name of names.filter((name) => lockdown.seccomp || name !== "kill the parent")) {
      expect(`${name} is ${outcomes[name] ?? "missing"}`).toMatch(/ is refused: /);
    }
  });

  test.runIf(process.platform === "linux" && ["x64", "arm64"].includes(process.arch))(
    "is filtered by the kernel where the kernel can",
    async () => {
      const { lockdown } = await escape();
      expect(lockdown).toMatchObject({ noNewPrivileges: true, seccomp: true });
    },
  );
});
