import { expect, test, vi } from "vitest";
import { CryptoJobs } from "#runtime/sandbox/crypto/jobs.ts";

/** @param replies - Where answers are kept, in their order; two runs may share it. */
function jobs(replies: string[] = []): {
  readonly jobs: CryptoJobs;
  readonly replies: string[];
  readonly broken: string[];
} {
  const broken: string[] = [];
  const ports = { reply: (text: string) => replies.push(text), broken: (text: string) => broken.push(text) };
  return { jobs: new CryptoJobs(ports), replies, broken };
}
const digest = (id: number): string =>
  JSON.stringify({ id, op: "digest", algorithm: { name: "SHA-1" }, data: "" });
const rounds = (id: number, iterations: number): string =>
  JSON.stringify({
    id,
    op: "deriveBits",
    algorithm: { name: "PBKDF2", hash: "SHA-256", salt: "", iterations },
    key: {
      type: "secret",
      extractable: false,
      usages: ["deriveBits"],
      algorithm: { name: "PBKDF2" },
      material: "",
    },
    length: 256,
  });

test("answers jobs by their ids", async () => {
  const desk = jobs();
  desk.jobs.take(digest(7));
  await vi.waitFor(() => {
    expect(desk.replies).toEqual(['k{"id":7,"bytes":"2jmj7l5rSw0yVb/vlWAYkK/YBwk="}']);
  });
  expect(desk.broken).toEqual([]);
  expect(desk.jobs.usedMs).toBeGreaterThan(0);
});

test.each([
  ["no JSON", "{"],
  ["no job", "null"],
  ["an unknown job", '{"id":1,"op":"readFile","data":""}'],
  ["a job without an id", '{"op":"digest","algorithm":{"name":"SHA-1"},"data":""}'],
  ["a member too many", '{"id":1,"op":"digest","algorithm":{"name":"SHA-1"},"data":"","path":"/etc/passwd"}'],
  ["an algorithm that is not offered", '{"id":1,"op":"digest","algorithm":{"name":"MD5"},"data":""}'],
  ["an algorithm's prototype", '{"id":1,"op":"digest","algorithm":{"name":"SHA-1","__proto__":{}},"data":1}'],
  ["a number out of range", rounds(1, -1)],
])("%s ends the run", async (_, text) => {
  const desk = jobs();
  desk.jobs.take(text);
  await vi.waitFor(() => {
    expect(desk.broken).toHaveLength(1);
  });
  expect(desk.replies).toEqual([]);
});

test("more jobs at once than the prelude sends end the run", async () => {
  const desk = jobs();
  for (let id = 1; id <= 5; id += 1) {
    desk.jobs.take(rounds(id, 100_000));
  }
  expect(desk.broken).toHaveLength(1);
  desk.jobs.close();
  // The threads are the process's: the next test wants them.
  await vi.waitFor(() => {
    expect(desk.jobs.atWork).toBe(0);
  });
});

test("a run's jobs leave threads to others, and what they take is known while they work", async () => {
  const order: string[] = [];
  const busy = jobs(order);
  const quick = jobs(order);
  for (let id = 1; id <= 4; id += 1) {
    busy.jobs.take(rounds(id, 500_000));
  }
  quick.jobs.take(digest(9));
  expect(busy.jobs.atWork).toBe(2);
  expect(quick.jobs.atWork).toBe(1);
  await vi.waitFor(() => {
    expect(busy.jobs.longestMs).toBeGreaterThan(0);
  });
  expect(busy.jobs.usedMs).toBeGreaterThanOrEqual(busy.jobs.longestMs);
  await vi.waitFor(
    () => {
      expect(order).toHaveLength(5);
    },
    { timeout: 30_000 },
  );
  // Two of the four had to wait for their own first two, the digest for nobody.
  const place = order.findIndex((reply) => reply.includes('"id":9'));
  expect(place).toBeLessThanOrEqual(2);
});

test("a run that is over hears nothing more", async () => {
  const over = jobs();
  const next = jobs();
  over.jobs.take(rounds(1, 100_000));
  over.jobs.take(rounds(2, 100_000));
  over.jobs.take(digest(3));
  over.jobs.close();
  await vi.waitFor(() => {
    expect(over.jobs.atWork).toBe(0);
  });
  next.jobs.take(digest(1));
  await vi.waitFor(() => {
    expect(next.replies).toHaveLength(1);
  });
  expect(over.replies).toEqual([]);
});
