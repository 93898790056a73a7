import { expect, test } from "vitest";
import { Gate } from "#runtime/sandbox/gate.ts";

test("so many pass at once, in the order of their coming, and a failure gives its place back", async () => {
  const gate = new Gate(2);
  const inside: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const passing = ends.map(async (end, index) =>
    gate.pass(async () => {
      inside.push(index);
      await end.promise;
      return index;
    }),
  );
  expect(inside).toEqual([0, 1]);
  ends[1]?.reject(new Error("broken"));
  await expect(passing[1]).rejects.toThrow("broken");
  expect(inside).toEqual([0, 1, 2]);
  for (const end of ends) {
    end.resolve();
  }
  await expect(Promise.all(passing.filter((_, index) => index !== 1))).resolves.toEqual([0, 2, 3, 4]);
  expect(inside).toEqual([0, 1, 2, 3, 4]);
  await expect(gate.pass(async () => Promise.resolve("again"))).resolves.toBe("again");
});
