import path from "node:path";
import { defineConfig } from "vitest/config";

const CHAOS = "test/chaos/**/*.test.ts";

export default defineConfig({
  root: path.resolve(import.meta.dirname, ".."),
  test: {
    globalSetup: ["test/support/postgres-server.ts"],
    pool: "forks",
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: "product",
          include: ["test/**/*.test.ts"],
          exclude: [CHAOS],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Kills and floods want the machine for themselves: after everything else, one at a time.
        extends: true,
        test: { name: "chaos", include: [CHAOS], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
