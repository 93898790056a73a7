import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { CliError } from "./exit.ts";

/** Which server, with which key, and how we know. */
export interface Access {
  readonly url: string;
  readonly apiKey: string;
  /** Where commands work unless `--env` says otherwise. */
  readonly environment: string;
  /** For people: where url and key came from. */
  readonly source: string;
}

interface Stored {
  /** Address of the server that commands talk to. */
  current: string;
  servers: Record<string, { apiKey: string }>;
}

const DEFAULT_ENVIRONMENT = "development";
const DEFAULT_URL = "http://127.0.0.1:3000";

/** The address that `login` offers. */
export function defaultUrl(): string {
  return process.env.TENON_URL ?? DEFAULT_URL;
}

/** The key given by the environment, for CI. */
export function keyFromEnvironment(): string | null {
  return process.env.TENON_API_KEY || null;
}

/**
 * Finds server and key: `TENON_API_KEY` (with `TENON_URL`), then a local server's `bootstrap.json` in
 * `TENON_DATA_DIR` or in `.tenon` here or above, then what `tenon login` stored. `url` restricts the search to one server.
 */
export function findAccess(url: string | undefined, folder = process.cwd()): Access | null {
  return fromEnvironment(url) ?? fromBootstrap(url, folder) ?? fromLogin(url);
}

function fromEnvironment(url: string | undefined): Access | null {
  const apiKey = keyFromEnvironment();
  return apiKey === null
    ? null
    : { url: url ?? defaultUrl(), apiKey, environment: DEFAULT_ENVIRONMENT, source: "TENON_API_KEY" };
}

function fromBootstrap(url: string | undefined, from: string): Access | null {
  for (const dataDir of dataDirs(from)) {
    const file = path.join(dataDir, "bootstrap.json");
    const content = existsSync(file) && isOurs(file) ? readJson(file) : null;
    if (isBootstrap(content) && (url === undefined || sameServer(url, content.url))) {
      const { apiKey, environment } = content;
      return { url: content.url, apiKey, environment: environment ?? DEFAULT_ENVIRONMENT, source: file };
    }
  }
  return null;
}

/** Where a local server may keep its data: as the setting says, for a second instance; else `.tenon` here or above. */
function* dataDirs(from: string): Generator<string> {
  const given = process.env.TENON_DATA_DIR;
  if (given !== undefined && given !== "") {
    yield path.resolve(given);
  }
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    yield path.join(folder, ".tenon");
    if (folder === path.dirname(folder)) {
      return;
    }
  }
}

function fromLogin(url: string | undefined): Access | null {
  const stored = readStored();
  const wanted = url ?? process.env.TENON_URL ?? stored.current;
  const found = Object.entries(stored.servers).find(([server]) => sameServer(server, wanted));
  return found === undefined
    ? null
    : { url: found[0], apiKey: found[1].apiKey, environment: DEFAULT_ENVIRONMENT, source: configFile() };
}

/** Stores a key for a server, readable by its owner only, and makes that server the current one. */
export function storeLogin(url: string, apiKey: string): string {
  const file = configFile();
  const stored = readStored();
  const next: Stored = { current: url, servers: { ...stored.servers, [url]: { apiKey } } };
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  // Written beside and renamed: a crash leaves the old file, never half of the new one.
  const draft = `${file}.${String(process.pid)}`;
  writeFileSync(draft, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
  return file;
}

function configFile(): string {
  const given = process.env.XDG_CONFIG_HOME;
  const folder = given !== undefined && path.isAbsolute(given) ? given : path.join(homedir(), ".config");
  return path.join(folder, "tenon", "config.json");
}

function readStored(): Stored {
  const file = configFile();
  const content = existsSync(file) ? readJson(file) : null;
  return isStored(content) ? content : { current: DEFAULT_URL, servers: {} };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = error instanceof SyntaxError ? "is not JSON" : "cannot be read";
    throw new CliError(`${file} ${reason}.`, { hint: "Mend it, or remove it and run: tenon login" });
  }
}

/** A bootstrap file that a stranger put above our folder must not choose the server that our code goes to. */
function isOurs(file: string): boolean {
  const me = process.getuid?.();
  const { uid } = statSync(file);
  return me === undefined || me === 0 || uid === me || uid === 0;
}

function sameServer(one: string, other: string): boolean {
  const plain = (url: string): string => url.replace(/\/+$/, "").replace("//localhost", "//127.0.0.1");
  return plain(one) === plain(other);
}

function isBootstrap(value: unknown): value is { url: string; apiKey: string; environment?: string } {
  return isRecord(value) && typeof value.url === "string" && typeof value.apiKey === "string";
}

function isStored(value: unknown): value is Stored {
  return isRecord(value) && typeof value.current === "string" && isRecord(value.servers);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
