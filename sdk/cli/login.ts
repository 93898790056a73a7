import type { Command } from "commander";
import { createClient } from "#sdk/client.ts";
import { usageError } from "./exit.ts";
import { readHidden } from "./prompt.ts";
import { outputOf } from "./session.ts";
import { defaultUrl, keyFromEnvironment, storeLogin } from "./settings.ts";

const EXAMPLES = `
Examples:
  $ tenon login                                        asks for the key
  $ tenon login --url https://tenon.example.com
  $ printf %s "$KEY" | tenon login --url https://…     in a script

The key is checked, then stored in ~/.config/tenon/config.json, readable by you only.`;

/** `tenon login` */
export function addLogin(root: Command): void {
  root
    .command("login")
    .description("log in to a server with an API key, from a prompt, standard input or TENON_API_KEY")
    .addHelpText("after", EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const output = outputOf(command);
      const url = (command.optsWithGlobals<{ url?: string }>().url ?? defaultUrl()).replace(/\/+$/, "");
      if (!/^https?:\/\//.test(url)) {
        throw usageError(
          `"${url}" is not the address of a server.`,
          "As in: tenon login --url https://tenon.example.com",
        );
      }
      const apiKey = (keyFromEnvironment() ?? (await readHidden(`API key for ${url}: `))).trim();
      const { organization, key } = await createClient({ url, apiKey }).apiKeys.current();
      const file = storeLogin(url, apiKey);
      output.value({ url, organization, key: { id: key.id, name: key.name, kind: key.kind }, file });
      output.line(
        `${output.paint("green", "✔")} Logged in to ${output.paint("bold", organization.name)} at ${url} with the ${key.kind} key "${key.name}".`,
      );
      output.note(`  Stored in ${file}.`);
    });
}
