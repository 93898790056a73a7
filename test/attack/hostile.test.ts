import { loadavg } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestContext } from "vitest";
import { residentBytes } from "#runtime/host/memory.ts";
import { newId } from "#runtime/ids.ts";
import { codeOf, resultOf, run, type Ran } from "#test/host/sandbox-pool.ts";
import { isRunning } from "#test/support/processes.ts";
import { MEMORY_MB, openWorld, type World } from "./hostile-world.ts";
import type { Seen, Technique } from "./technique.ts";

declare global {
  interface ImportMeta {
    /** Vite's: the modules that fit a pattern. */
    glob(
      pattern: string,
      options: { readonly eager: true },
    ): Readonly<Record<string, { readonly technique: Technique }>>;
  }
}

/**
 * The hostile corpus: every technique of `hostile/` beside innocent neighbours, two of its own organization in
 * the very process that it attacks, and one of another organization. A technique is contained when it ends with
 * the right code in time, leaves nothing behind, and nobody else noticed.
 */
const TECHNIQUES = Object.entries(import.meta.glob("./hostile/*.ts", { eager: true })).map(
  ([file, { technique }]) => ({ name: file.slice("./hostile/".length, -".ts".length), technique }),
);
const LIMITS = { memoryMb: MEMORY_MB, cpuSliceMs: 300, cpuTotalMs: 1_500, wallMs: 30_000 };
const INNOCENT_LIMITS = { memoryMb: MEMORY_MB, cpuSliceMs: 5_000, cpuTotalMs: 10_000, wallMs: 60_000 };
/** How much more memory a process may hold after an attack: what the allocator keeps of ended isolates. */
const KEPT_BYTES = 192 * 1024 * 1024;
/** What ends later than this was not ended by its limit, on a machine that has nothing else to do. */
const MARGIN_MS = 1_000;
/** A request that was on its way when its run ended may still arrive, but not later than this. */
const UNDER_WAY_MS = 1_000;
const LANES = 4;

const INNOCENT = `async (ctx) => {
  const pause = (ms) => new Promise((r) => setTimeout(r, ms));
  await pause(30);
  const response = await ctx.fetch(ctx.input.bound + "/innocent", { method: "POST", body: "n=" + ctx.input.n });
  const said = await response.text();
  await pause(60);
  const sum = Array.from({ length: 1000 }, (_, i) => i).reduce((a, b) => a + b, 0);
  return { said, sum, keys: Object.keys(Object.prototype), polluted: {}.polluted ?? null, promises: typeof Promise.prototype.then };
}`;
/** The same for a process that has no isolates any more. */
const INNOCENT_TAKEN_OVER = `async ({ done, pause, payload }) => {
  await pause(100);
  done({ said: "n=" + JSON.parse(payload.input).n, sum: 499500, keys: [], polluted: null, promises: "function" });
}`;

let world: World;
let innocents = 0;
const lanes: string[] = [];
const waiting: ((lane: string) => void)[] = [];
/** The techniques that were contained. */
const contained: { readonly kind: string; readonly ended: string }[] = [];
/** When each attack was over, by the tag in the paths of its requests. */
const endings = new Map<string, { readonly name: string; readonly at: number }>();

beforeAll(async () => {
  world = await openWorld();
  lanes.push(...Array.from({ length: LANES }, () => newId()));
});
afterAll(async () => {
  await world.close();
});

describe.concurrent("contained", () => {
  test.for(TECHNIQUES)("$name", { timeout: 120_000 }, async ({ name, technique }, context) => {
    const lane = lanes.pop() ?? (await new Promise<string>((resolve) => waiting.push(resolve)));
    try {
      await contain(name, technique, lane, context);
    } finally {
      (waiting.shift() ?? ((free) => lanes.push(free)))(lane);
    }
  });
});

async function contain(
  name: string,
  technique: Technique,
  lane: string,
  { expect }: TestContext,
): Promise<void> {
  const organizationId = technique.escaped === true ? `${lane}-taken` : lane;
  // A process that is fit for the next technique, and what it weighs when nothing happens.
  await innocent(organizationId, technique);
  const pid = pidOf(organizationId, technique);
  const before = await residentBytes(pid);

  const neighbours = [innocent(organizationId, technique), innocent(organizationId, technique)];
  const [attacked, outsider] = await Promise.all([
    attack(name, technique, organizationId),
    innocent("outsider", technique),
    ...neighbours,
  ]);
  const { ran, requests } = attacked;
  expect(technique.ends, JSON.stringify(ran)).toContain(codeOf(ran));
  if (ran.status === "completed" && "answer" in technique) {
    expect(resultOf(ran)).toEqual(technique.answer);
  }
  expect(ran.usage.wallMs).toBeLessThan(patience(technique));
  expect(outsider.first).toBe("completed");
  if (technique.kills !== true) {
    expect((await Promise.all(neighbours)).map(({ first }) => first)).toEqual(["completed", "completed"]);
  }
  keptItsSecrets(ran, requests);
  technique.holds?.({ outcome: ran, lines: ran.lines, requests });

  const lines = ran.lines.length;
  await innocent(organizationId, technique);
  expect(ran.lines).toHaveLength(lines);
  await memoryReturned(pid, before, organizationId, technique, expect);
  contained.push({ kind: technique.kind, ended: codeOf(ran) });
}

/** The attack itself, as a worker has it done: a lost attempt is made again. */
async function attack(
  name: string,
  technique: Technique,
  organizationId: string,
): Promise<{ readonly ran: Ran; readonly requests: readonly string[] }> {
  const tag = newId();
  const { bound, stranger, hidden } = world.origins;
  const cancel = new AbortController();
  const ran = await untilNotLost(async (runId) => {
    const lines: Ran["lines"][number][] = [];
    const outcome = await run(poolOf(technique), technique.code, {
      runId,
      organizationId,
      input: JSON.stringify({
        bound: `${bound}/${tag}`,
        stranger: `${stranger}/${tag}`,
        hidden: `${hidden}/${tag}`,
      }),
      secrets: world.secrets,
      egress: [bound, stranger, hidden, "http://*.test", "http://localhost"],
      signal: cancel.signal,
      limits: { ...LIMITS, ...technique.limits },
      onLog: async (batch) => {
        lines.push(...batch);
        if (technique.cancelled === true) {
          cancel.abort();
        }
      },
    });
    return { ...outcome, lines };
  });
  endings.set(tag, { name, at: Date.now() });
  const requests = [...world.bound, ...world.stranger].filter(({ path }) => path.startsWith(`/${tag}`));
  return { ran, requests: requests.map(({ words }) => words) };
}

/** An innocent run; how its first attempt ended. A lost one is made again, and must then be right. */
async function innocent(organizationId: string, technique: Technique): Promise<{ readonly first: string }> {
  innocents += 1;
  const n = innocents;
  const firsts: string[] = [];
  const ran = await untilNotLost(async (runId) => {
    const attempt = await run(
      poolOf(technique),
      technique.escaped === true ? INNOCENT_TAKEN_OVER : INNOCENT,
      {
        runId,
        organizationId,
        input: JSON.stringify({ n, bound: world.origins.bound }),
        egress: [world.origins.bound],
        limits: INNOCENT_LIMITS,
      },
    );
    firsts.push(attempt.status);
    return attempt;
  });
  expect(resultOf(ran)).toEqual({
    said: `n=${String(n)}`,
    sum: 499_500,
    keys: [],
    polluted: null,
    promises: "function",
  });
  return { first: firsts[0] ?? "" };
}

/** A lost attempt is nobody's fault and is made again; alone in its process it cannot be lost to a neighbour. */
async function untilNotLost(attempt: (runId: string) => Promise<Ran>): Promise<Ran> {
  const runId = newId();
  for (let attempts = 1; ; attempts += 1) {
    const ran = await attempt(runId);
    if (ran.status !== "lost" || attempts === 4) {
      return ran;
    }
  }
}

function poolOf(technique: Technique): World["pool"] {
  return technique.escaped === true ? world.takenOver : world.pool;
}

function pidOf(organizationId: string, technique: Technique): number {
  const own = poolOf(technique)
    .processes()
    .find((process) => process.organizationId === organizationId);
  return own?.pid ?? 0;
}

/** Its limit, a second, and what the machine is behind: others use it too. */
function patience({ limits }: Technique): number {
  const slowness = Math.max(2, loadavg()[0] ?? 0);
  return ((limits?.wallMs ?? LIMITS.wallMs) + MARGIN_MS) * slowness;
}

/** Nothing that leaves a run, and no host but the one it is bound to, ever has the value of a secret. */
function keptItsSecrets(ran: Ran, requests: Seen["requests"]): void {
  const out = JSON.stringify(ran) + requests.filter((words) => words.includes("/stranger")).join("\n");
  const everywhere = out + world.stranger.map(({ words }) => words).join("\n");
  for (const { value } of world.secrets) {
    expect(everywhere).not.toContain(value);
    expect(everywhere).not.toContain(Buffer.from(value).toString("base64").replace(/=+$/, ""));
  }
}

/** The process gave its memory back, or was replaced and is gone. */
async function memoryReturned(
  pid: number,
  before: number,
  organizationId: string,
  technique: Technique,
  expect: TestContext["expect"],
): Promise<void> {
  if (pidOf(organizationId, technique) === pid) {
    await expect.poll(async () => residentBytes(pid), { timeout: 20_000 }).toBeLessThan(before + KEPT_BYTES);
  } else {
    await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false);
  }
}

test("nothing had an effect after its end, and no connection reached a private address", ({ task }) => {
  const late = [...world.bound, ...world.stranger].filter(({ at, path }) => {
    const ending = endings.get(path.split("/")[1] ?? "");
    return ending !== undefined && at > ending.at + UNDER_WAY_MS;
  });
  expect(late).toEqual([]);
  expect(world.hiddenConnections()).toBe(0);
  expect(TECHNIQUES.length).toBeGreaterThanOrEqual(100);
  task.meta.figures = {
    techniques: TECHNIQUES.length,
    contained: contained.length,
    kinds: counted(contained.map(({ kind }) => kind)),
    endings: counted(contained.map(({ ended }) => ended)),
  };
});

function counted(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) {
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}
