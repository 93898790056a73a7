/** What a subtest reports: its name, a status of which 0 is passed, and what it says when it failed. */
export type Report = readonly [name: string, status: number, message: string];

/** The subtests of a file by name. A name that occurs twice passed only if each of them did. */
export type Results = ReadonlyMap<string, { readonly passed: boolean; readonly message: string }>;

/** Collects what a file reported. */
export function resultsOf(reports: readonly Report[]): Results {
  const results = new Map<string, { passed: boolean; message: string }>();
  for (const [name, status, message] of reports) {
    const known = results.get(name);
    if (known === undefined || known.passed) {
      results.set(name, { passed: status === 0, message });
    }
  }
  return results;
}
