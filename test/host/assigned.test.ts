import { afterEach, expect, test, vi } from "vitest";
import { Assigned } from "#runtime/host/assigned.ts";
import { CpuWatch } from "#runtime/host/cpu-watch.ts";
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

afterEach(() => {
  vi.useRealTimers();
});

function serving(calmMs: number | null): boolean {
  return new Assigned({ weight: 0, calmMs } as SandboxProcess, ENTRY, WEAR).serving;
}

test("a process that stepped back serves while it computes, and is replaced once it has been calm for a while", () => {
  expect(serving(null)).toBe(true);
  expect(serving(0)).toBe(true);
  expect(serving(29_000)).toBe(true);
  expect(serving(31_000)).toBe(false);
});

test("calm begins with the last slice that was long, however long it had computed before", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  // No process has this number: it is judged by its word alone.
  const watch = new CpuWatch(0);
  watch.begin();
  const look = (sliceMs: number): boolean => {
    vi.advanceTimersByTime(250);
    return watch.look(sliceMs);
  };
  expect(watch.calmMs).toBeNull();
  expect([look(250), look(500)]).toEqual([true, false]);
  for (let looks = 3; looks <= 40; looks += 1) {
    look(looks * 250);
  }
  expect(watch.calmMs).toBe(0);
  for (let looks = 1; looks <= 8; looks += 1) {
    look(0);
  }
  expect(watch.calmMs).toBe(2_000);
  look(250);
  expect(watch.calmMs).toBe(0);
});
