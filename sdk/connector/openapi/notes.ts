/** What an author should know about an import, each thing once. */
export interface Notes {
  readonly warn: (text: string) => void;
  /** Counts something that happens often; it is told once, with its number. */
  readonly count: (what: string) => void;
  readonly all: () => string[];
}

const MOST = 100;

/** Gathers the warnings of one import. */
export function createNotes(): Notes {
  const warnings = new Set<string>();
  const counts = new Map<string, number>();
  return {
    warn: (text) => void (warnings.size < MOST && warnings.add(text.slice(0, 500))),
    count: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    all: () => [
      ...warnings,
      ...[...counts].map(([what, times]) => `${what} (${times === 1 ? "once" : `${String(times)} times`})`),
    ],
  };
}
