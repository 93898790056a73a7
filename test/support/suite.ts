import path from "node:path";
import { startVitest } from "vitest/node";

/**
 * Runs the suites of one folder of `test/` and ends with one line of JSON: how many tests passed, failed and
 * were skipped. The exit code is 1 when one failed or none was run.
 *
 * @param folder - Below `test/`.
 * @param filters - Parts of file names; none runs all of the folder.
 */
export async function runSuite(folder: string, filters: readonly string[]): Promise<void> {
  const config = path.resolve(import.meta.dirname, "../vitest.config.ts");
  const files =
    filters.length === 0 ? [`test/${folder}/`] : filters.map((filter) => `test/${folder}/${filter}`);
  const began = performance.now();
  const vitest = await startVitest("test", files, { config, watch: false, run: true });
  const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
  const failures: string[] = [];
  for (const module of vitest.state.getTestModules()) {
    for (const test of module.children.allTests()) {
      counts[test.result().state] += 1;
      if (test.result().state === "failed") {
        failures.push(`${module.relativeModuleId}: ${test.fullName}`);
      }
    }
  }
  const broken = vitest.state.getTestModules().filter((module) => module.errors().length > 0).length;
  const errors = vitest.state.getUnhandledErrors().length + broken;
  await vitest.close();
  const held = counts.failed === 0 && errors === 0 && counts.passed > 0;
  const { passed, failed, skipped } = counts;
  console.log(
    JSON.stringify({
      [folder]: held ? "held" : "failed",
      passed,
      failed,
      skipped,
      errors,
      failures,
      tookMs: Math.round(performance.now() - began),
    }),
  );
  process.exit(held ? 0 : 1);
}
