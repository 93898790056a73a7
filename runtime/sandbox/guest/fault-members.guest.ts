import { cut } from "./cut.guest.ts";
import { getOwnPropertyDescriptor, isArray, keys } from "./primordials.guest.ts";

const MAX_DEPTH = 5;
/** Errors that stand side by side in one. */
const MAX_ERRORS = 5;
const MAX_DETAILS = 20;
const MAX_DETAIL = 1_000;
const MAX_MESSAGE = 8_000;
const MAX_STACK = 8_000;

/** Names and values, side by side. */
interface Members {
  readonly names: string[];
  readonly values: unknown[];
}

/**
 * What the data of a log line keeps of an error: its name, message, stack and code, what caused it and the errors in
 * it while `depth` allows, and its own simple properties, such as a status.
 */
export function faultMembers(error: Error, depth: number): Members {
  const members: Members = { names: [], values: [] };
  add(members, "name", textOf(error, "name", MAX_DETAIL));
  add(members, "message", textOf(error, "message", MAX_MESSAGE));
  add(members, "stack", textOf(error, "stack", MAX_STACK));
  add(members, "code", simple(read(error, "code")));
  if (depth < MAX_DEPTH) {
    add(members, "cause", read(error, "cause"));
    const errors = read(error, "errors");
    add(members, "errors", isArray(errors) ? firstOf(errors) : undefined);
  }
  addDetails(members, error);
  return members;
}

function addDetails(members: Members, error: Error): void {
  const own = keys(error);
  for (let index = 0; index < own.length && index < MAX_DETAILS; index += 1) {
    const name = own[index] ?? "";
    if (!has(members, name)) {
      add(members, name, simple(getOwnPropertyDescriptor(error, name)?.value));
    }
  }
}

function add(members: Members, name: string, value: unknown): void {
  if (value !== undefined) {
    members.names[members.names.length] = name;
    members.values[members.values.length] = value;
  }
}

function has({ names }: Members, name: string): boolean {
  for (let index = 0; index < names.length; index += 1) {
    if (names[index] === name) {
      return true;
    }
  }
  return false;
}

function firstOf(errors: readonly unknown[]): unknown[] {
  const first: unknown[] = [];
  for (let index = 0; index < errors.length && index < MAX_ERRORS; index += 1) {
    first[index] = errors[index];
  }
  return first;
}

function simple(value: unknown): unknown {
  if (typeof value === "string") {
    return cut(value, MAX_DETAIL);
  }
  return typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

function textOf(error: Error, name: string, limit: number): string | undefined {
  const value = read(error, name);
  return typeof value === "string" ? cut(value, limit) : undefined;
}

function read(error: Error, name: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
