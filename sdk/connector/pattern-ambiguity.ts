import { componentsOf } from "./components.ts";
import { readPattern } from "./pattern-automaton.ts";
import type { Automaton } from "./pattern-automaton.ts";

/** How a backtracking matcher can fare on the worst text. */
export type Ambiguity = "fast" | "polynomial" | "exponential" | "unknown";

const EDGE_BUDGET = 2_000_000;
const RANK: readonly Ambiguity[] = ["fast", "polynomial", "exponential", "unknown"];

/**
 * How ambiguous a pattern is (Weber and Seidl, 1991): exponential when some position can come back to itself by two
 * ways on the same text; polynomial (of degree 3 and more) when three loops in a row take the same characters.
 */
export function ambiguityOf(pattern: string): Ambiguity {
  const automaton = readPattern(pattern);
  if (automaton === null) {
    return "unknown";
  }
  const parts = [ownAmbiguity(automaton), ...automaton.lookarounds.map(ambiguityOf)];
  return RANK[Math.max(...parts.map((part) => RANK.indexOf(part)))] ?? "unknown";
}

function ownAmbiguity(automaton: Automaton): Ambiguity {
  const size = automaton.positions.length;
  const loops = componentsOf(size, (position) => automaton.follow[position]?.keys() ?? [], EDGE_BUDGET);
  if (loops === null) {
    return "unknown";
  }
  const exponential = twoWaysBack(automaton, loops);
  return exponential === null
    ? "unknown"
    : exponential
      ? "exponential"
      : longestChain(automaton, loops) >= 3
        ? "polynomial"
        : "fast";
}

/** Whether a position comes back to itself by two ways on one text. Null: too large to say. */
function twoWaysBack(automaton: Automaton, loops: Int32Array): boolean | null {
  const { positions, follow } = automaton;
  const size = positions.length;
  const doubled = follow.some((ways, from) =>
    [...ways].some(([to, count]) => count > 1 && loops[from] === loops[to]),
  );
  if (doubled) {
    return true;
  }
  const pairs = componentsOf(size * size, (pair) => nextPairs(automaton, loops, pair), EDGE_BUDGET);
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
