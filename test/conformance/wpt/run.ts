/**
 * Web-platform tests in isolates, compared with Node: `node test/conformance/wpt/run.ts [area or path] [--why]
 * [--update]`. Prints a table and one JSON line; `--why` says what each failure says, `--update` rewrites what the
 * test expects to fail.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { startPool } from "#test/host/sandbox-pool.ts";
import { compareAll } from "./compare.ts";
import { listFiles } from "./files.ts";
import { expectationsOf, ratesOf } from "./rates.ts";

const given = process.argv.slice(2);
const only = given.find((argument) => !argument.startsWith("--"));
const pool = await startPool({ processes: 2 });
const startMs = performance.now();
const comparisons = await compareAll(pool, listFiles(only));
await pool.close();

if (given.includes("--why")) {
  for (const { file, failed } of comparisons) {
    for (const [name, message] of failed) {
      console.log(`${file.name}: ${name}\n    ${message}`);
    }
  }
}
if (given.includes("--update")) {
  const place = path.join(import.meta.dirname, "expectations.json");
  writeFileSync(place, `${JSON.stringify(expectationsOf(comparisons), null, 2)}\n`);
}
const rates = ratesOf(comparisons);
console.table(rates);
console.log(JSON.stringify({ ms: Math.round(performance.now() - startMs), node: process.version, rates }));
