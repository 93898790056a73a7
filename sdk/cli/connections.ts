import type { Command } from "commander";
import { everyPage } from "#sdk/client.ts";
import type { Connection, ConnectionStatus } from "#sdk/client.ts";
import { addConnect, addReconnect } from "./connect.ts";
import { addRefresh } from "./connections-refresh.ts";
import { CliError } from "./exit.ts";
import { printable, table } from "./output.ts";
import type { Output } from "./output.ts";
import { openSession } from "./session.ts";

interface ListOptions {
  readonly env?: string;
  readonly customer?: string;
  readonly connector?: string;
  readonly status?: ConnectionStatus;
  readonly tag?: string;
  readonly expiringSoon?: boolean;
}

const HEADER = [
  "CONNECTION",
  "CONNECTOR",
  "NAME",
  "ACCOUNT",
  "ENVIRONMENT",
  "OWNER",
  "STATUS",
  "RECONNECT BY",
];

/** `tenon connections …` */
export function addConnections(root: Command): void {
  const connections = root.command("connections").description("connect accounts, and look after them");
  addList(connections);
  addGet(connections);
  addConnect(connections);
  addTest(connections);
  addRefresh(connections);
  addReconnect(connections);
  addDisconnect(connections);
  addDelete(connections);
}

function addList(connections: Command): void {
  connections
    .command("list")
    .description("list connections, newest first")
    .option("-e, --env <environment>", "only in this environment")
    .option("-c, --customer <customer>", "only of this customer")
    .option("--connector <connector>", "only of this connector")
    .option("-s, --status <status>", "only with this status: healthy, reauthorize, …")
    .option("--tag <tag>", "only with this tag")
    .option("--expiring-soon", "only those that end within 30 days")
    .addHelpText(
      "after",
      "\nExamples:\n  $ tenon connections list --status reauthorize\n  $ tenon connections list --customer acme --json",
    )
    .action(async ({ env, ...filters }: ListOptions, command: Command) => {
      const { client, output } = openSession(command);
      const query = { ...filters, ...(env === undefined ? {} : { environment: env }) };
      const found = await Array.fromAsync(
        everyPage((page) => client.connections.list({ limit: 100, ...query, ...page })),
      );
      output.value({ data: found });
      const rows = found.map((one) => [
        one.id,
        one.connector,
        printable(one.name),
        printable(one.account?.name ?? one.account?.id ?? "-"),
        one.environment.slug,
        ownerOf(one),
        statusOf(one),
        one.reconnectBy ?? "-",
      ]);
      output.line(rows.length === 0 ? "There are no such connections." : table([HEADER, ...rows]));
    });
}

function addGet(connections: Command): void {
  connections
    .command("get")
    .description("show a connection: how it does, and who needs it")
    .argument("<connection>", "its id")
    .addHelpText("after", "\nExample:\n  $ tenon connections get 019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77")
    .action(async (id: string, _options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const connection = await client.connections.get(id);
      const { data: usedBy } = await client.connections.usedBy(id);
      output.value({ ...connection, usedBy });
      showConnection(output, connection);
      for (const { workflow, environment, alias } of usedBy) {
        output.line(`${workflow.slug}, live in ${environment.slug}, needs it as ${alias}.`);
      }
    });
}

function addTest(connections: Command): void {
  connections
    .command("test")
    .description("ask the provider now whether the credential works; ends with 1 when it does not")
    .argument("<connection>", "its id")
    .addHelpText("after", "\nExample:\n  $ tenon connections test 019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77")
    .action(async (id: string, _options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const { ok, status, latencyMs, reason, at } = await client.connections.test(id);
      output.value({ ok, status, latencyMs, reason, at });
      const answer = status === null ? "no answer" : `status ${String(status)}`;
      const took = `${answer} after ${String(latencyMs)} ms`;
      if (!ok) {
        throw new CliError(`The credential does not work: ${took}${reason === null ? "" : `: ${reason}`}`, {
          code: "TENON_CONNECTION_TEST",
          hint: `Connect the account again: tenon connections reconnect ${id}`,
        });
      }
      output.line(`${output.paint("green", "✔")} It works: ${took}.`);
    });
}

function addDisconnect(connections: Command): void {
  connections
    .command("disconnect")
    .description("end the credential at the provider and forget it; the connection stays, to be reconnected")
    .argument("<connection>", "its id")
    .addHelpText("after", "\nExample:\n  $ tenon connections disconnect 019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77")
    .action(async (id: string, _options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const done = await client.connections.disconnect(id);
      output.value(done);
      output.line(`${output.paint("green", "✔")} Disconnected ${printable(done.connection.name)}.`);
      if (!done.revoked) {
        const reason = done.reason === null ? "" : ` ${printable(done.reason)}`;
        output.note(`  ! The provider was not made to end it.${reason}`);
      }
    });
}

function addDelete(connections: Command): void {
  connections
    .command("delete")
    .description("delete a connection; refused while deployed workflows need it")
    .argument("<connection>", "its id")
    .option("--force", "also while deployed workflows need it: their runs will fail")
    .addHelpText("after", "\nExample:\n  $ tenon connections delete 019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77")
    .action(async (id: string, options: { readonly force?: boolean }, command: Command) => {
      const { client, output } = openSession(command);
      await client.connections.remove(id, options.force === true ? { force: true } : {});
      output.value({ id, deleted: true });
      output.line(`${output.paint("green", "✔")} Deleted ${id}.`);
    });
}

/** Whose account it is. */
function ownerOf({ owner }: Connection): string {
  return owner.customer === null
    ? "organization"
    : `${owner.customer.slug}${owner.user === null ? "" : ` (${printable(owner.user)})`}`;
}

/** How it does. A test that failed tells also where the status stays: tokens can be renewed, and providers come back. */
function statusOf({ status, verification }: Connection): string {
  const failed = verification?.ok === false && status !== "disconnected";
  return failed ? `${status} (test failed)` : status;
}

/** When it was tested last, and what was wrong. */
function testOf({ ok, at, reason }: NonNullable<Connection["verification"]>): string {
  return ok ? at : `${at}, failed${reason === null ? "" : `: ${printable(reason)}`}`;
}

/** Shows people a connection, without anything secret: there is nothing secret in what the server tells. */
export function showConnection(output: Output, connection: Connection): void {
  const { problem, account, verification } = connection;
  output.line(
    table([
      ["Connection", connection.id],
      ["Name", printable(connection.name)],
      ["Connector", `${connection.connector} (${connection.method})`],
      ["Environment", connection.environment.slug],
      ["Owner", ownerOf(connection)],
      ["Status", statusOf(connection)],
      ...(problem === null ? [] : [["Problem", printable(problem.message)]]),
      ...(account === null ? [] : [["Account", printable(account.name ?? account.id)]]),
      ...Object.entries(connection.fields).map(([name, value]) => [name, printable(value)]),
      ...connection.secrets.map((name) => [name, "(secret, set)"]),
      ...(verification === null ? [] : [["Last tested", testOf(verification)]]),
      ...(connection.reconnectBy === null ? [] : [["Reconnect by", connection.reconnectBy]]),
    ]),
  );
}
