import { componentsOf } from "./components.ts";
import type { Effort } from "./components.ts";
import { readPattern } from "./pattern-automaton.ts";
import type { Automaton } from "./pattern-automaton.ts";

/** How a backtracking matcher can fare on the worst text. */
export type Ambiguity = "fast" | "polynomial" | "exponential" | "unknown";

/** Steps that the check of one pattern may take. */
const MOST_STEPS = 2_000_000;
/** Runs over one text that a matcher may have to try, besides what its loops make of it. */
const MOST_RUNS = 1_000;
const RANK: readonly Ambiguity[] = ["fast", "polynomial", "exponential", "unknown"];

/**
 * How ambiguous a pattern is (Weber and Seidl, 1991): exponential when some position can come back to itself by two
 * ways on the same text, or when choices in a row that take the same characters multiply, as in `a?a?a?…`; polynomial
 * (of degree 3 and more) when three loops in a row take the same characters.
 *
 * @param effort - Shared by the patterns of one definition; without it a pattern has an effort of its own.
 */
export function ambiguityOf(pattern: string, effort: Effort = { left: MOST_STEPS }): Ambiguity {
  const automaton = readPattern(pattern);
  if (automaton === null) {
    return "unknown";
  }
  const most = Math.min(effort.left, MOST_STEPS);
  const own: Effort = { left: most };
  const ambiguity = ownAmbiguity(automaton, own);
  effort.left -= most - own.left + automaton.positions.length;
  const parts = [ambiguity, ...automaton.lookarounds.map((body) => ambiguityOf(body, effort))];
  return RANK[Math.max(...parts.map((part) => RANK.indexOf(part)))] ?? "unknown";
}

function ownAmbiguity(automaton: Automaton, effort: Effort): Ambiguity {
  const size = automaton.positions.length;
  const loops = componentsOf(size, (position) => automaton.follow[position]?.keys() ?? [], effort);
  if (loops === null) {
    return "unknown";
  }
  const runs = mostRuns(automaton, loops, effort);
  const exponential = runs > MOST_RUNS || twoWaysBack(automaton, loops, effort);
  if (exponential === true || effort.left < 0) {
    return exponential === true ? "exponential" : "unknown";
  }
  return longestChain(automaton, loops) >= 3 ? "polynomial" : "fast";
}

/**
 * How many runs there can be over one text when each loop is one step: at each position, the most next ones that take
 * the same character, times the runs from there. Components are numbered from the end, so that a loop's ways out are
 * known before it is asked for.
 */
function mostRuns(automaton: Automaton, loops: Int32Array, effort: Effort): number {
  const members = Map.groupBy(automaton.positions.keys(), (position) => loops[position] ?? -1);
  const runs: number[] = [];
  const from = (ways: ReadonlyMap<number, number>, loop: number): number =>
    runsFrom(automaton, {
      ways,
      effort,
      runsOf: (next) => (loops[next] === loop ? 0 : (runs[loops[next] ?? -1] ?? 1)),
    });
  for (let loop = 0; loop < members.size; loop++) {
    const exits = (members.get(loop) ?? []).map((position) =>
      from(automaton.follow[position] ?? new Map(), loop),
    );
    const most = Math.max(1, ...exits);
    runs[loop] = most;
    if (most > MOST_RUNS || effort.left < 0) {
      return most;
    }
  }
  return from(new Map(automaton.first.map((position) => [position, 1])), -1);
}

/** The most runs that go on from one position on the same character. */
function runsFrom(
  { positions }: Automaton,
  of: {
    readonly ways: ReadonlyMap<number, number>;
    readonly runsOf: (position: number) => number;
    readonly effort: Effort;
  },
): number {
  const nexts = [...of.ways].map(([next, count]) => ({
    set: positions[next] ?? 0n,
    runs: count * of.runsOf(next),
  }));
  of.effort.left -= nexts.length ** 2;
  return of.effort.left < 0
    ? 0
    : Math.max(
        0,
        ...nexts.map(({ set }) =>
          nexts.reduce((sum, other) => sum + ((other.set & set) === 0n ? 0 : other.runs), 0),
        ),
      );
}

/** Whether a position comes back to itself by two ways on one text. Null: too large to say. */
function twoWaysBack(automaton: Automaton, loops: Int32Array, effort: Effort): boolean | null {
  const { positions, follow } = automaton;
  const size = positions.length;
  const doubled = follow.some((ways, from) =>
    [...ways].some(([to, count]) => count > 1 && loops[from] === loops[to]),
  );
  if (doubled) {
    return true;
  }
  const pairs = componentsOf(size * size, (pair) => nextPairs(automaton, loops, pair), effort);
  if (pairs === null) {
    return null;
  }
  const diagonal = new Set(positions.map((_, position) => pairs[position * size + position]));
  return pairs.some((component, pair) => Math.floor(pair / size) !== pair % size && diagonal.has(component));
}

/** Where two runs over the same text can be next, both still in the same loop. */
function* nextPairs({ positions, follow }: Automaton, loops: Int32Array, pair: number): Iterable<number> {
  const size = positions.length;
  const one = Math.floor(pair / size);
  const other = pair % size;
  if (loops[one] !== loops[other]) {
    return;
  }
  for (const next of follow[one]?.keys() ?? []) {
    for (const otherNext of follow[other]?.keys() ?? []) {
      const together = (positions[next] ?? 0n) & (positions[otherNext] ?? 0n);
      if (together !== 0n && loops[next] === loops[one] && loops[otherNext] === loops[one]) {
        yield next * size + otherNext;
      }
    }
  }
}

/** How many loops in a row can take the same characters: the degree of the worst polynomial. */
function longestChain(automaton: Automaton, loops: Int32Array): number {
  const members = loopMembers(automaton, loops);
  const lengths = new Map<number, number>();
  const lengthFrom = (loop: number): number => {
    const known = lengths.get(loop);
    if (known !== undefined) {
      return known;
    }
    const nexts = [...members.keys()].filter(
      (other) => other !== loop && overlaps(automaton, members, loop, other),
    );
    const length = 1 + Math.max(0, ...nexts.map(lengthFrom));
    lengths.set(loop, length);
    return length;
  };
  return Math.max(0, ...[...members.keys()].map(lengthFrom));
}

/** The positions of each loop; a component of one position that does not follow itself is none. */
function loopMembers({ positions, follow }: Automaton, loops: Int32Array): Map<number, number[]> {
  const members = Map.groupBy(positions.keys(), (position) => loops[position] ?? -1);
  return new Map(
    [...members].filter(([, [first = -1, ...more]]) => more.length > 0 || follow[first]?.has(first) === true),
  );
}

/** Whether a text that keeps running in one loop can also lead into the other. */
function overlaps(
  { positions, follow }: Automaton,
  members: ReadonlyMap<number, readonly number[]>,
  from: number,
  to: number,
): boolean {
  const setOf = (loop: number) =>
    (members.get(loop) ?? []).reduce((set, position) => set | (positions[position] ?? 0n), 0n);
  const shared = setOf(from) & setOf(to);
  const goal = new Set(members.get(to));
  const open = [...(members.get(from) ?? [])];
  const seen = new Set(open);
  for (let position = open.pop(); position !== undefined; position = open.pop()) {
    for (const next of follow[position]?.keys() ?? []) {
      if (((positions[next] ?? 0n) & shared) === 0n || seen.has(next)) {
        continue;
      }
      if (goal.has(next)) {
        return true;
      }
      seen.add(next);
      open.push(next);
    }
  }
  return false;
}
