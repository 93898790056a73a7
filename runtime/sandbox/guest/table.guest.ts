import { describeValue } from "./inspect.guest.ts";
import { keys } from "./primordials.guest.ts";

const MAX_ROWS = 100;
const MAX_CELL = 100;
const INDEX = "(index)";
const VALUES = "Values";

/** Rows and columns of a list or a record as text for `console.table`; null for what has none. */
export function tableOf(data: unknown, only: readonly string[] | null): string | null {
  if (typeof data !== "object" || data === null) {
    return null;
  }
  const rows = keys(data).slice(0, MAX_ROWS);
  const records = rows.map((row) => (data as Readonly<Record<string, unknown>>)[row]);
  const columns = only ?? [...new Set(records.filter(isRecord).flatMap(keys))];
  const hasValues = records.some((record) => !isRecord(record));
  const head = [INDEX, ...columns, ...(hasValues ? [VALUES] : [])];
  const body = records.map((record, index) => [
    rows[index] ?? "",
    ...columns.map((column) => (isRecord(record) && column in record ? cell(record[column]) : "")),
    ...(hasValues ? [isRecord(record) ? "" : cell(record)] : []),
  ]);
  return aligned([head, ...body]);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function cell(value: unknown): string {
  return describeValue(value, MAX_CELL).replaceAll("\n", " ");
}

function aligned(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((word, column) => word.padEnd(widths[column] ?? 0))
        .join(" | ")
        .trimEnd(),
    )
    .join("\n");
}
