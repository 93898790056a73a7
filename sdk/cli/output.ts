import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/**
 * Where a command speaks. For people: text on standard output, hints on standard error. With `--json`: values
 * on standard output, one per line, and nothing else there.
 */
export interface Output {
  readonly json: boolean;
  /** A result for programs; people do not see it. */
  readonly value: (value: unknown) => void;
  /** A line for people; programs do not see it. */
  readonly line: (text?: string) => void;
  /** A remark for people, on standard error. */
  readonly note: (text: string) => void;
  /** Colours text where standard output is a terminal that wants colours (NO_COLOR, FORCE_COLOR). */
  readonly paint: (style: Style, text: string) => string;
}

/** Makes the output of one invocation. */
export function createOutput(json: boolean): Output {
  return {
    json,
    value: (value) => void (json && process.stdout.write(`${JSON.stringify(value)}\n`)),
    line: (text = "") => void (json || process.stdout.write(`${text}\n`)),
    note: (text) => void (json || process.stderr.write(`${text}\n`)),
    paint: (style, text) => styleText(style, text, { stream: process.stdout }),
  };
}

/** Text from elsewhere made safe for a terminal: a log line must not move the cursor or retitle the window. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) =>
    character === "\n" || character === "\t"
      ? character
      : `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** `1 action`, `2 actions`. */
export function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** `250 ms`, `1.5 s`. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${String(Math.round(ms))} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** Columns of text, as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (wide, row) => row.map((cell, index) => Math.max(wide[index] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
