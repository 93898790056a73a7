import { expect, test } from "vitest";
import { Assigned } from "#runtime/host/assigned.ts";
import type { SandboxProcess } from "#runtime/host/process.ts";

const ENTRY = {
  organizationId: "a",
  alone: false,
  nested: false,
  memoryMb: 1,
  since: 0,
  grant: () => undefined,
};
const WEAR = { maxAgeMs: 3_600_000, maxIdleBytes: 1_000 };

function serving(calmMs: number | null): boolean {
  return new Assigned({ weight: 0, calmMs } as SandboxProcess, ENTRY, WEAR).serving;
}

test("a process that stepped back serves while it computes, and is replaced once it has been calm for a while", () => {
  expect(serving(null)).toBe(true);
  expect(serving(0)).toBe(true);
  expect(serving(29_000)).toBe(true);
  expect(serving(31_000)).toBe(false);
});
