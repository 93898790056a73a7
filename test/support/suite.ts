import path from "node:path";
import { startVitest } from "vitest/node";

declare module "vitest" {
  interface TaskMeta {
    /** What a test measured: printed in the last line of its suite. */
    figures?: Record<string, unknown>;
  }
}

/**
 * Runs the suites of one folder of `test/`, one after the other, and ends with one line of JSON: how many tests
 * passed, failed and were skipped, and the figures that they measured. The exit code is 1 when one failed or none was run.
 *
 * @param folder - Below `test/`.
 * @param filters - Parts of file names; none runs all of the folder.
 */
export async function runSuite(folder: string, filters: readonly string[]): Promise<void> {
  const config = path.resolve(import.meta.dirname, "../vitest.config.ts");
  const files =
    filters.length === 0 ? [`test/${folder}/`] : filters.map((filter) => `test/${folder}/${filter}`);
  const began = performance.now();
  const vitest = await startVitest("test", files, {
    config,
    watch: false,
    run: true,
    // Figures are measured on a machine that does nothing else.
    fileParallelism: false,
  });
  const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
  const failures: string[] = [];
  const figures: Record<string, unknown> = {};
  for (const module of vitest.state.getTestModules()) {
    for (const test of module.children.allTests()) {
      counts[test.result().state] += 1;
      const { figures: measured } = test.meta();
      if (measured !== undefined) {
        figures[test.name] = measured;
      }
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
      ...(Object.keys(figures).length === 0 ? {} : { figures }),
      tookMs: Math.round(performance.now() - began),
    }),
  );
  process.exit(held ? 0 : 1);
}
