import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { everyPage } from "#sdk/client.ts";
import type { OAuthApp, OAuthAppSecrets, TenonClient } from "#sdk/client.ts";
import { usageError } from "./exit.ts";
import { readHidden } from "./prompt.ts";
import { openSession } from "./session.ts";

interface SetOptions {
  readonly clientId: string;
  readonly env?: string;
  readonly name?: string;
  /** False by `--no-client-secret`. */
  readonly clientSecret: boolean;
  readonly privateKey?: string;
  readonly keyId?: string;
  readonly certificate?: string;
  readonly certificateKey?: string;
  readonly scope: readonly string[];
  readonly defaultScopes?: boolean;
}

/** What is stored, as the API takes it. What is left out stays. */
interface AppFields extends OAuthAppSecrets {
  readonly clientId: string;
  readonly name?: string;
  readonly scopes?: readonly string[] | null;
}

const EXAMPLES = `
Examples:
  $ tenon oauth-apps set acme-crm --client-id tenon-production                   asks for the client secret
  $ printf %s "$SECRET" | tenon oauth-apps set acme-crm --client-id tenon-test --env staging
  $ tenon oauth-apps set acme-bank --client-id tenon --private-key key.pem --key-id 2026-11
  $ tenon oauth-apps set acme-bank --client-id tenon --certificate cert.pem --certificate-key key.pem
  $ tenon oauth-apps set acme-crm --client-id tenon-production --no-client-secret --scope contacts.read --scope deals.read

No secret ever comes from an argument: every process on the machine can read arguments, and the shell keeps
them. An app that is there already keeps what is not given. Register the redirect URI that is printed at the
provider.`;

/** `tenon oauth-apps set` */
export function addOAuthAppSet(apps: Command): void {
  apps
    .command("set")
    .description(
      "store an OAuth app: its client secret from a hidden prompt or standard input, its keys from files",
    )
    .argument("<connector>", "slug of the connector")
    .argument("[secret...]")
    .usage("<connector> --client-id <id> [options]")
    .requiredOption("--client-id <id>", "the app's client id at the provider")
    .option("-e, --env <environment>", "only for this environment (default: for every one without its own)")
    .option("--name <name>", "what it is called here (default: the connector's name)")
    .option("--no-client-secret", "ask for no client secret: there is none, or the stored one stays")
    .option("--private-key <file>", "PKCS #8 PEM, where the provider wants private_key_jwt")
    .option("--key-id <id>", "the provider's name of that key")
    .option("--certificate <file>", "PEM, where the provider wants mutual TLS")
    .option("--certificate-key <file>", "PEM: the key of that certificate")
    .option("--scope <scope>", "ask for these scopes instead of the connector's own; repeatable", collect, [])
    .option("--default-scopes", "ask for the connector's own scopes again")
    .addHelpText("after", EXAMPLES)
    .action(async (connector: string, secrets: string[], options: SetOptions, command: Command) => {
      requireNoArgument(connector, secrets);
      requireFitting(options);
      const { client, output } = openSession(command);
      const app = await storeApp(client, connector, options.env, await readFields(connector, options));
      output.value(app);
      const where = app.environment === null ? "" : ` in ${app.environment.slug}`;
      output.line(
        `${output.paint("green", "✔")} Stored the OAuth app of ${output.paint("bold", connector)}${where}: ${app.id}`,
      );
      output.line(`Redirect URI to register at the provider: ${app.redirectUri}`);
    });
}

function requireNoArgument(connector: string, secrets: readonly string[]): void {
  if (secrets.length > 0) {
    throw usageError(
      "A client secret must not be an argument: other processes can read it, and the shell keeps it.",
      `Leave it out and type it at the prompt, or: printf %s "$SECRET" | tenon oauth-apps set ${connector} …`,
    );
  }
}

function requireFitting({ scope, defaultScopes, privateKey, keyId }: SetOptions): void {
  if (scope.length > 0 && defaultScopes === true) {
    throw usageError("Give either --scope or --default-scopes, not both.");
  }
  if (keyId !== undefined && privateKey === undefined) {
    throw usageError("--key-id names a private key: give --private-key too.");
  }
}

/** A key or a certificate is what proves the app; then no client secret is asked for. */
async function readFields(connector: string, options: SetOptions): Promise<AppFields> {
  const { clientId, name, keyId, scope, defaultScopes } = options;
  const pems = {
    ...(await readPem("privateKey", options.privateKey)),
    ...(await readPem("certificate", options.certificate)),
    ...(await readPem("certificateKey", options.certificateKey)),
  };
  const asks = options.clientSecret && Object.keys(pems).length === 0;
  return {
    clientId,
    ...(name === undefined ? {} : { name }),
    ...(asks ? { clientSecret: await readHidden(`Client secret of ${connector}: `) } : {}),
    ...pems,
    ...(keyId === undefined ? {} : { keyId }),
    ...(scope.length > 0 ? { scopes: scope } : {}),
    ...(defaultScopes === true ? { scopes: null } : {}),
  };
}

async function readPem(name: keyof OAuthAppSecrets, file: string | undefined): Promise<OAuthAppSecrets> {
  if (file === undefined) {
    return {};
  }
  try {
    return { [name]: await readFile(file, "utf8") };
  } catch {
    throw usageError(`Cannot read the file ${file}.`);
  }
}

/** There is one app for a connector and an environment: another one takes its place. */
async function storeApp(
  client: TenonClient,
  connector: string,
  env: string | undefined,
  fields: AppFields,
): Promise<OAuthApp> {
  const found = await Array.fromAsync(
    everyPage((page) => client.oauthApps.list({ limit: 100, connector, ...page })),
  );
  const present = found.find(({ environment }) =>
    env === undefined ? environment === null : environment?.slug === env || environment?.id === env,
  );
  return present === undefined
    ? client.oauthApps.create({ connector, environment: env ?? null, ...fields })
    : client.oauthApps.update(present.id, fields);
}

function collect(value: string, all: readonly string[]): string[] {
  return [...all, value];
}
