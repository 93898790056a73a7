import type { Command } from "commander";
import { everyPage } from "#sdk/client.ts";
import type { Customer } from "#sdk/client.ts";
import { printable, table } from "./output.ts";
import type { Output } from "./output.ts";
import { openSession } from "./session.ts";
import { nameTaken } from "./taken.ts";

/** `tenon customers …` */
export function addCustomers(root: Command): void {
  const customers = root.command("customers").description("list and make the customers that runs work for");
  addList(customers);
  addCreate(customers);
  addGet(customers);
  addDelete(customers);
}

function addList(customers: Command): void {
  customers
    .command("list")
    .description("list customers")
    .addHelpText("after", "\nExample:\n  $ tenon customers list --json")
    .action(async (_options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const found = await Array.fromAsync(
        everyPage((page) => client.customers.list({ limit: 100, ...page })),
      );
      output.value({ data: found });
      const rows = found.map(({ slug, name, externalId, status }) => [
        slug,
        printable(name),
        printable(externalId ?? "-"),
        status,
      ]);
      output.line(
        rows.length === 0
          ? "There are no customers yet."
          : table([["CUSTOMER", "NAME", "EXTERNAL ID", "STATUS"], ...rows]),
      );
    });
}

function addCreate(customers: Command): void {
  customers
    .command("create")
    .description("make a customer")
    .argument("<customer>", "its slug: small letters, digits and dashes")
    .option("-n, --name <name>", "its name (default: the slug)")
    .option("--external-id <id>", "what your own product calls it")
    .addHelpText("after", '\nExample:\n  $ tenon customers create acme --name "Acme Inc."')
    .action(
      async (
        slug: string,
        options: { readonly name?: string; readonly externalId?: string },
        command: Command,
      ) => {
        const { client, output } = openSession(command);
        const fields = { slug, ...options };
        const customer = await client.customers.create(fields).catch((error: unknown) => {
          throw nameTaken(error, fields);
        });
        output.value(customer);
        output.line(`${output.paint("green", "✔")} Made ${output.paint("bold", customer.slug)}.`);
        output.note(
          `  Let it connect accounts: tenon connect-sessions create --customer ${customer.slug} --connector …`,
        );
      },
    );
}

function addGet(customers: Command): void {
  customers
    .command("get")
    .description("show a customer")
    .argument("<customer>", "its slug or id")
    .addHelpText("after", "\nExample:\n  $ tenon customers get acme")
    .action(async (customer: string, _options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const found = await client.customers.get(customer);
      output.value(found);
      showCustomer(output, found);
    });
}

function addDelete(customers: Command): void {
  customers
    .command("delete")
    .description("delete a customer")
    .argument("<customer>", "its slug or id")
    .addHelpText("after", "\nExample:\n  $ tenon customers delete acme")
    .action(async (customer: string, _options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const { id, slug } = await client.customers.get(customer);
      await client.customers.remove(id);
      output.value({ id, deleted: true });
      output.line(`${output.paint("green", "✔")} Deleted ${slug}.`);
    });
}

function showCustomer(output: Output, customer: Customer): void {
  output.line(
    table([
      ["Customer", customer.slug],
      ["Id", customer.id],
      ["Name", printable(customer.name)],
      ["External id", printable(customer.externalId ?? "-")],
      ["Status", customer.status],
      ["Metadata", printable(JSON.stringify(customer.metadata))],
      ["Made", customer.createdAt],
    ]),
  );
}
