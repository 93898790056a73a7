import { classOf, isArray, keys, NativeError, quote, slice, text } from "./primordials.guest.ts";

const MAX_DEPTH = 4;
const MAX_MEMBERS = 100;

/** A value in words for a log line: strings as they are, objects like literals. Never throws. */
export function describeValue(value: unknown, limit: number): string {
  try {
    return typeof value === "string" ? slice(value, 0, limit + 1) : shown(value, 0, { left: limit });
  } catch {
    return "[unreadable]";
  }
}

function shown(value: unknown, depth: number, room: { left: number }): string {
  const words = plain(value, depth, room);
  room.left -= words.length;
  return words;
}

function plain(value: unknown, depth: number, room: { left: number }): string {
  if (typeof value === "string") {
    return quote(slice(value, 0, room.left + 1));
  }
  if (typeof value === "function") {
    return "[function]";
  }
  if (typeof value === "bigint") {
    return `${text(value)}n`;
  }
  if (typeof value !== "object" || value === null) {
    return text(value);
  }
  if (value instanceof NativeError) {
    return slice(text(value.stack ?? value), 0, room.left + 1);
  }
  if (depth >= MAX_DEPTH || room.left <= 0) {
    return isArray(value) ? "[…]" : "{…}";
  }
  return isArray(value) ? list(value, depth, room) : record(value, depth, room);
}

function list(values: readonly unknown[], depth: number, room: { left: number }): string {
  let words = "";
  for (let index = 0; index < values.length; index += 1) {
    if (index === MAX_MEMBERS || room.left <= 0) {
      return `[${words}, … ${text(values.length - index)} more]`;
    }
    words += (index === 0 ? "" : ", ") + shown(values[index], depth + 1, room);
  }
  return `[${words}]`;
}

function record(value: object, depth: number, room: { left: number }): string {
  const kind = classOf(value);
  if (kind === "[object Date]") {
    return text((value as Date).toISOString());
  }
  if (kind === "[object Map]" || kind === "[object Set]") {
    const members = [...(value as Iterable<unknown>)];
    return `${slice(kind, 8, -1)}(${text(members.length)}) ${list(members, depth, room)}`;
  }
  const names = keys(value);
  let words = "";
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? "";
    if (index === MAX_MEMBERS || room.left <= 0) {
      return `{ ${words}, … }`;
    }
    words += `${index === 0 ? "" : ", "}${name}: ${shown((value as Record<string, unknown>)[name], depth + 1, room)}`;
  }
  return words === "" ? "{}" : `{ ${words} }`;
}
