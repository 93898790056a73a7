import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { ImportOptions, ImportReport } from "#sdk/connector/openapi/import.ts";
import { publishConnector, showPublished } from "./connectors-publish.ts";
import { fetchDocument } from "./fetch-document.ts";
import { printable } from "./output.ts";
import type { Output } from "./output.ts";
import { openSession, outputOf } from "./session.ts";

interface CommandOptions {
  readonly slug?: string;
  readonly name?: string;
  readonly baseUrl?: string;
  readonly only: readonly string[];
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly acceptBreaking?: boolean;
}

const EXAMPLES = `
Examples:
  $ tenon connectors import openapi.yaml --dry-run                 what would become of it
  $ tenon connectors import https://api.example.com/openapi.json --slug acme-crm
  $ tenon connectors import openapi.json --only /contacts --only Deals
  $ tenon connectors import openapi.yaml --out acme-crm.json       to be edited, then: tenon connectors create acme-crm.json

Takes OpenAPI 3.x and Swagger 2.0, as JSON or YAML, up to 20 MB. What the document refers to elsewhere is
never fetched. An address is fetched by this machine, not by the server.`;

const SHOWN = 10;

/** `tenon connectors import` */
export function addConnectorImport(connectors: Command): void {
  connectors
    .command("import")
    .description("make a connector of an OpenAPI document, and publish it")
    .argument("<file|url>", "the document")
    .option("--slug <slug>", "the connector's slug (default: from the title)")
    .option("--name <name>", "the connector's name (default: the title)")
    .option("--base-url <url>", "where the API is, instead of what the document says")
    .option("--only <path|tag>", "only operations below this path or with this tag; repeatable", collect, [])
    .option("-o, --out <file>", "write the definition to a file instead of publishing it")
    .option("--dry-run", "only show what would become of it")
    .option("--accept-breaking", "also when connections or deployed workflows use what it lacks now")
    .addHelpText("after", EXAMPLES)
    .action(async (source: string, options: CommandOptions, command: Command) => {
      const report = await read(source, options);
      const output = outputOf(command);
      showReport(output, report);
      const { connector, operations, warnings } = report;
      if (options.out !== undefined) {
        await writeFile(options.out, `${JSON.stringify(connector, null, 2)}\n`);
        output.value({ file: options.out, connector: connector.slug, operations, warnings });
        output.line(`${output.paint("green", "✔")} Wrote ${options.out}.`);
        output.note(`  Publish it: tenon connectors create ${options.out}`);
        return;
      }
      if (options.dryRun === true) {
        output.value({ dryRun: true, connector, operations, warnings });
        return;
      }
      const session = openSession(command);
      const published = await publishConnector(session.client, connector.slug, connector, options);
      output.value({ ...published, operations, warnings });
      showPublished(output, published);
    });
}

async function read(source: string, options: CommandOptions): Promise<ImportReport> {
  const { checked, readText } = await import("./definition.ts");
  const { importOpenApi } = await import("#sdk/connector/openapi/import.ts");
  const isUrl = /^https?:\/\//i.test(source);
  const text = isUrl ? await fetchDocument(source) : await readText(source);
  const { slug, name, baseUrl, only } = options;
  const asked: ImportOptions = {
    only,
    ...(slug === undefined ? {} : { slug }),
    ...(name === undefined ? {} : { name }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(isUrl ? { documentUrl: source } : {}),
  };
  return checked(source, () => importOpenApi(text, asked));
}

function showReport(output: Output, { connector, operations, warnings }: ImportReport): void {
  const { total, imported, skipped } = operations;
  output.line(
    `${output.paint("cyan", "○")} ${output.paint("bold", printable(connector.name))}: ${String(imported)} of ${String(total)} operations become actions; connected by ${connector.auth.map(({ id }) => id).join(", ")}; requests go to ${connector.hosts.join(", ")}`,
  );
  for (const { operation, reason } of skipped.slice(0, SHOWN)) {
    output.note(`  - ${printable(operation)}: ${printable(reason)}`);
  }
  if (total - imported > SHOWN) {
    output.note(`  - and ${String(total - imported - SHOWN)} more; --json lists them`);
  }
  for (const warning of warnings) {
    output.note(`  ! ${printable(warning)}`);
  }
}

function collect(value: string, all: readonly string[]): string[] {
  return [...all, value];
}
