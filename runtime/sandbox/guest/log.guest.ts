import { cut } from "./cut.guest.ts";
import { post } from "./door.guest.ts";
import { describeValue } from "./inspect.guest.ts";
import { logData } from "./log-data.guest.ts";
import { quote } from "./primordials.guest.ts";

/** The levels of a line. */
export type Level = "debug" | "info" | "warn" | "error";

let linesLeft = 0;
let charsLeft = 0;
let lineLimit = 0;
let closed = false;

/** Sets what the run may log. The worker counts again; this spares the way. */
export function limitLog(lines: number, bytes: number, lineBytes: number): void {
  linesLeft = lines;
  charsLeft = bytes;
  lineLimit = lineBytes;
}

/** Posts one line; after the limit one `x`, then nothing. */
function line(level: Level, message: string, data: string | null): void {
  if (closed) {
    return;
  }
  const shown = cut(message, lineLimit);
  const extra = data !== null && data.length > lineLimit ? quote(cut(data, lineLimit)) : data;
  linesLeft -= 1;
  charsLeft -= shown.length + (extra?.length ?? 0);
  if (linesLeft < 0 || charsLeft < 0) {
    closed = true;
    post("x");
    return;
  }
  post(`l{"level":${quote(level)},"message":${quote(shown)},"data":${extra ?? "null"}}`);
}

/** `ctx.log.*`: a message and data that must not be lost for being odd. */
function structured(level: Level, message: unknown, data: unknown): void {
  const words = typeof message === "string" ? message : describeValue(message, lineLimit);
  line(level, words, data === undefined ? null : logData(data, lineLimit));
}

/** `console.*`: values joined as a terminal would show them, each line indented. */
export function spoken(level: Level, values: readonly unknown[], indent = ""): void {
  let message = "";
  for (let index = 0; index < values.length && message.length <= lineLimit; index += 1) {
    message += (index === 0 ? "" : " ") + describeValue(values[index], lineLimit);
  }
  line(level, indent === "" ? message : indent + message.replaceAll("\n", `\n${indent}`), null);
}

/** `ctx.log`. */
export const log = {
  debug: (message: unknown, data?: unknown): void => {
    structured("debug", message, data);
  },
  info: (message: unknown, data?: unknown): void => {
    structured("info", message, data);
  },
  warn: (message: unknown, data?: unknown): void => {
    structured("warn", message, data);
  },
  error: (message: unknown, data?: unknown): void => {
    structured("error", message, data);
  },
};
