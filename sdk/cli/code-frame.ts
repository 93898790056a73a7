import { styleText } from "node:util";
import type { BundleIssue } from "#sdk/errors.ts";

/**
 * An issue as editors link it, with the line it is about:
 *
 * ```text
 * src/workflows/hello.ts:3:14  Expected ";" but found "return"
 *   3 │ const a = 1 return
 *     │             ^^^^^^
 * ```
 */
export function codeFrame(issue: BundleIssue, stream: NodeJS.WriteStream): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    styleText(style, text, { stream });
  const notes = issue.notes.map((note) => paint("dim", `  ${note}`));
  if (issue.file === null || issue.line === null || issue.column === null || issue.lineText === null) {
    return [issue.message, ...notes].join("\n");
  }
  const number = String(issue.line);
  const margin = " ".repeat(number.length);
  // Tabs stay tabs in the marker's margin, so that it stands under its text.
  const before = issue.lineText.slice(0, issue.column - 1).replace(/[^\t]/g, " ");
  const width = Math.max(1, Math.min(issue.length, issue.lineText.length - issue.column + 1));
  return [
    `${paint("cyan", `${issue.file}:${number}:${String(issue.column)}`)}  ${paint("bold", issue.message)}`,
    `  ${paint("dim", `${number} │`)} ${issue.lineText}`,
    `  ${paint("dim", `${margin} │`)} ${before}${paint("red", "^".repeat(width))}`,
    ...notes,
  ].join("\n");
}
