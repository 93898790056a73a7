import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { usageError } from "./exit.ts";

const FOLDER = path.join("src", "workflows");
const CODE = /\.(m?ts|tsx|m?js|jsx)$/;
const TEST = /\.(test|spec|d)\.[^.]+$/;

/** The files that a command works on: those named, else every file of `src/workflows`. */
export function findEntries(named: readonly string[]): string[] {
  if (named.length > 0) {
    return named.map(checked);
  }
  const found = existsSync(FOLDER)
    ? readdirSync(FOLDER)
        .filter((name) => CODE.test(name) && !TEST.test(name))
        .sort()
    : [];
  if (found.length === 0) {
    throw usageError(`There is no workflow in ${FOLDER}.`, "Name a file, or make a project with: tenon init");
  }
  return found.map((name) => path.join(FOLDER, name));
}

/** The one file that `tenon dev` watches. */
export function findEntry(named: string | undefined): string {
  const entries = findEntries(named === undefined ? [] : [named]);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw usageError(
      `There are several workflows: ${entries.join(", ")}.`,
      `Say which one: tenon dev ${entry ?? "<file>"}`,
    );
  }
  return entry;
}

function checked(file: string): string {
  if (!existsSync(file)) {
    throw usageError(`There is no file ${file}.`);
  }
  if (!CODE.test(file)) {
    throw usageError(`${file} is no TypeScript or JavaScript file.`);
  }
  return file;
}
