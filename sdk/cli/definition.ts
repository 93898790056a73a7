import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { tenonImport } from "#sdk/bundle-tenon.ts";
import { DefinitionError, parseConnector } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import { CliError, usageError } from "./exit.ts";

/** A definition as its author wrote it, and as it was checked. */
export interface LoadedDefinition {
  readonly definition: object;
  readonly connector: Connector;
}

/** Reads a definition from JSON, or from the module that exports it, and checks it. @throws CliError */
export async function loadDefinition(file: string): Promise<LoadedDefinition> {
  const found = /\.(ts|mts|js|mjs)$/.test(file) ? await fromModule(file) : await fromJson(file);
  if (typeof found !== "object" || found === null) {
    throw usageError(
      `${file} holds no definition.`,
      "Write export default defineConnector({ … }) in a module, or one object in a JSON file.",
    );
  }
  // What the API would get: functions and undefined are no part of a definition.
  const definition = JSON.parse(JSON.stringify(found)) as object;
  return { definition, connector: checked(file, () => parseConnector(definition)) };
}

/** Does what may throw a DefinitionError, and says it as the CLI says things. */
export function checked<Result>(what: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof DefinitionError)) {
      throw error;
    }
    const count = error.issues.length;
    throw new CliError(
      `${what} is refused: ${String(count)} ${count === 1 ? "thing is" : "things are"} wrong.`,
      {
        code: "TENON_DEFINITION",
        errors: error.issues.slice(0, 100),
      },
    );
  }
}

async function fromJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw usageError(
      `${file} is not JSON: ${reason}`,
      "A definition is a .json file, or a .ts or .js module.",
    );
  }
}

/** Reads a text file of the command line. @throws CliError */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw usageError(`Cannot read the file ${file}.`);
  }
}

/** Runs the author's own module on the author's own machine. */
async function fromModule(file: string): Promise<unknown> {
  await readText(file);
  const code = await bundle(file);
  const folder = await mkdtemp(path.join(tmpdir(), "tenon-connector-"));
  try {
    const module = path.join(folder, "connector.mjs");
    await writeFile(module, code);
    const exported = (await import(pathToFileURL(module).href)) as Record<string, unknown>;
    return exported["default"] ?? exported["connector"];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundle(file: string): Promise<string> {
  try {
    const { outputFiles } = await esbuild.build({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "node26",
      logLevel: "silent",
      plugins: [tenonImport],
    });
    return outputFiles[0]?.text ?? "";
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[1] ?? error.message) : String(error);
    throw new CliError(`${file} does not build: ${reason}`);
  }
}
