import { expect, test } from "vitest";
import { CallBudget } from "#runtime/host/call-budget.ts";
import { FrameMeter } from "#runtime/host/frame-meter.ts";

test("a process may say what its runs may, and no more", () => {
  const meter = new FrameMeter();
  for (let runs = 0; runs < 10; runs += 1) {
    meter.begin();
    expect(meter.allows(25_000, 1)).toBe(true);
  }
  expect(meter.allows(200_000, 1)).toBe(false);
});

test("a process without runs has little to say", () => {
  const meter = new FrameMeter();
  meter.begin();
  expect(meter.allows(9_000, 0)).toBe(true);
  expect(meter.allows(2_000, 0)).toBe(false);
});

test("a process that sends faster than it is read waits", () => {
  const meter = new FrameMeter();
  expect(meter.pause(100 * 2 ** 20)).toBe(0);
  expect(meter.pause(60 * 2 ** 20)).toBeGreaterThan(500);
});

test("the calls of a process hold so much together, and get it back", () => {
  const budget = new CallBudget();
  const each = 40 * 2 ** 20;
  expect([1, 2, 3, 4].map(() => budget.hold(each))).toEqual([true, true, true, true]);
  expect(budget.hold(each)).toBe(false);
  budget.letGo(each);
  expect(budget.hold(each)).toBe(true);
});

test("calls have their turn at once until there are too many", async () => {
  const budget = new CallBudget();
  const began = performance.now();
  expect(Array.from({ length: 2_000 }, () => budget.turn()).every((turn) => turn === null)).toBe(true);
  await Promise.all(Array.from({ length: 2_000 }, async () => budget.turn()));
  // A second's worth of turns, less what came back while the first ones were taken.
  expect(performance.now() - began).toBeGreaterThan(500);
});
