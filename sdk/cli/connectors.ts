import { Option } from "commander";
import type { Command } from "commander";
import { everyPage } from "#sdk/client.ts";
import type { ConnectorSummary } from "#sdk/client.ts";
import { callName } from "#sdk/connector/call-name.ts";
import { addConnectorImport } from "./connectors-import.ts";
import { publishConnector, showPublished } from "./connectors-publish.ts";
import { CliError } from "./exit.ts";
import { counted, printable, table } from "./output.ts";
import { openSession, outputOf } from "./session.ts";

interface ListOptions {
  readonly search?: string;
  readonly source?: ConnectorSummary["source"];
  readonly category?: string;
}

const CREATE_EXAMPLE = `
Example:
  $ tenon connectors create src/connectors/acme-crm.ts

import { defineConnector } from "tenon";

export default defineConnector({
  slug: "acme-crm",
  name: "Acme CRM",
  hosts: ["api.acme.com"],                 // a server of your own machine: "http://localhost:4000"
  baseUrl: "https://api.acme.com/v1",
  auth: [{ id: "key", type: "api-key", label: "API key", in: "header", name: "x-api-key" }],
  verification: { path: "/me", account: { id: "id", name: "name" } },
  actions: [
    {
      slug: "create-contact",              // in a workflow: ctx.connections.<name>.actions.createContact({ … })
      name: "Create a contact",
      input: { type: "object", properties: { email: { type: "string" } }, required: ["email"] },
      http: { method: "POST", path: "/contacts", body: "json" },
    },
  ],
});`;

/** `tenon connectors …` */
export function addConnectors(root: Command): void {
  const connectors = root
    .command("connectors")
    .description("describe third-party APIs, and look at what there is");
  addList(connectors);
  addGet(connectors);
  addCreate(connectors);
  addConnectorImport(connectors);
  addValidate(connectors);
  addLint(connectors);
}

function addList(connectors: Command): void {
  connectors
    .command("list")
    .description("list connectors: built-in ones and your own")
    .option("-q, --search <text>", "only those with this text in their slug, name or description")
    .option("--category <category>", "only those of this category")
    .addOption(new Option("--source <source>", "only these").choices(["built-in", "organization"]))
    .addHelpText(
      "after",
      "\nExamples:\n  $ tenon connectors list --search crm\n  $ tenon connectors list --source organization --json",
    )
    .action(async (options: ListOptions, command: Command) => {
      const { client, output } = openSession(command);
      const found = await Array.fromAsync(
        everyPage((page) => client.connectors.list({ limit: 100, ...options, ...page })),
      );
      output.value({ data: found });
      const rows = found.map(({ slug, name, source, version, auth, actions }) => [
        slug,
        printable(name),
        source,
        `v${String(version)}`,
        auth.map(({ id }) => id).join(", "),
        String(actions),
      ]);
      output.line(
        rows.length === 0
          ? "There are no such connectors."
          : table([["CONNECTOR", "NAME", "SOURCE", "VERSION", "AUTH", "ACTIONS"], ...rows]),
      );
    });
}

function addGet(connectors: Command): void {
  connectors
    .command("get")
    .description("show a connector: how to connect, and what it can do")
    .argument("<connector>", "its slug")
    .addHelpText(
      "after",
      "\nExamples:\n  $ tenon connectors get http\n  $ tenon connectors get http --json | jq .definition\n  $ tenon connectors get slack --json | jq '.definition.actions[] | {slug, input}'     what each action takes",
    )
    .action(async (slug: string, _options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const connector = await client.connectors.get(slug);
      output.value(connector);
      const { definition } = connector;
      const hosts = Array.isArray(definition["hosts"]) ? definition["hosts"].map(String) : [];
      output.line(
        table([
          ["Connector", `${connector.slug} v${String(connector.version)} (${connector.source})`],
          ["Name", printable(connector.name)],
          ["Hosts", hosts.join(", ")],
          ...connector.auth.map((method) => [
            method.default ? "Connect by" : "or by",
            `${method.id}: ${method.consent ? "consent on the provider's page" : method.fields.map(({ name }) => name).join(", ") || "nothing to fill in"}`,
          ]),
        ]),
      );
      const actions = await Array.fromAsync(
        everyPage((page) => client.connectors.actions(slug, { limit: 100, ...page })),
      );
      const rows = actions.map((action) => [
        action.slug,
        `actions.${callName(action.slug)}(…)`,
        printable(action.name),
      ]);
      output.line(
        rows.length === 0
          ? "It has no actions: use fetch."
          : `\n${table([["ACTION", "IN A WORKFLOW", "NAME"], ...rows])}`,
      );
    });
}

function addCreate(connectors: Command): void {
  connectors
    .command("create")
    .description("publish a connector of your own from a definition; a new version when it is there already")
    .argument("<file>", "a .json file, or a .ts or .js module that exports it as default, or as connector")
    .option("--accept-breaking", "also when connections or deployed workflows use what it lacks now")
    .addHelpText("after", CREATE_EXAMPLE)
    .action(async (file: string, options: { readonly acceptBreaking?: boolean }, command: Command) => {
      const { loadDefinition } = await import("./definition.ts");
      const { definition, connector } = await loadDefinition(file);
      const { client, output } = openSession(command);
      const published = await publishConnector(client, connector.slug, definition, options);
      output.value(published);
      showPublished(output, published);
    });
}

function addValidate(connectors: Command): void {
  connectors
    .command("validate")
    .description("check a definition on this machine: says everything that is wrong in it")
    .argument("<file>", "a .json file, or a .ts or .js module that exports it as default, or as connector")
    .addHelpText("after", "\nExample:\n  $ tenon connectors validate src/connectors/acme-crm.ts")
    .action(async (file: string, _options: unknown, command: Command) => {
      const { loadDefinition } = await import("./definition.ts");
      const { connector } = await loadDefinition(file);
      const output = outputOf(command);
      output.value({ valid: true, slug: connector.slug, actions: connector.actions.length });
      output.line(
        `${output.paint("green", "✔")} ${connector.slug} is a connector with ${counted(connector.actions.length, "action")}.`,
      );
    });
}

function addLint(connectors: Command): void {
  connectors
    .command("lint")
    .description("say what a careful author would not leave so; ends with 1 when there are warnings")
    .argument("<file...>", "definitions: .json files, or .ts or .js modules")
    .addHelpText("after", "\nExample:\n  $ tenon connectors lint src/connectors/*.ts")
    .action(async (files: string[], _options: unknown, command: Command) => {
      const { loadDefinition } = await import("./definition.ts");
      const { lintConnector } = await import("#sdk/connector/lint.ts");
      const output = outputOf(command);
      const results = [];
      for (const file of files) {
        results.push({ file, findings: lintConnector((await loadDefinition(file)).connector) });
      }
      output.value({ data: results });
      for (const { file, findings } of results) {
        output.line(
          findings.length === 0
            ? `${output.paint("green", "✔")} ${file}`
            : [file, ...findings.map(({ level, path, message }) => `  ${level}  ${path} ${message}`)].join(
                "\n",
              ),
        );
      }
      const warnings = results.flatMap(({ findings }) => findings.filter(({ level }) => level === "warning"));
      if (warnings.length > 0) {
        throw new CliError(`${counted(warnings.length, "warning")}.`, { code: "TENON_LINT" });
      }
    });
}
