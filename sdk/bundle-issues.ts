import { isBuiltin } from "node:module";
import type { Message } from "esbuild";
import type { BundleIssue } from "./errors.ts";
import { placeOf } from "./bundle-source-map.ts";

/** The compiler's messages as an author reads them: own files, 1-based places, and what to do. */
export function issuesOf(messages: readonly Message[]): BundleIssue[] {
  return messages.map((message) => {
    const { location } = message;
    return {
      message: explain(message.text),
      file: location === null ? null : placeOf(location.file),
      line: location?.line ?? null,
      column: location === null ? null : characters(location.lineText, location.column) + 1,
      lineText: location?.lineText ?? null,
      length:
        location === null
          ? 1
          : Math.max(1, characters(location.lineText.slice(location.column), location.length)),
      notes: explained(message.text)
        ? []
        : message.notes.map((note) => note.text).filter((text) => text !== ""),
    };
  });
}

/** An issue without a place. */
export function unknownIssue(message: string): BundleIssue {
  return { message, file: null, line: null, column: null, lineText: null, length: 1, notes: [] };
}

const UNRESOLVED = /^Could not resolve "([^"]+)"$/;

/** Whether the message is one of those that this file words itself, so that the compiler's own hints would mislead. */
function explained(text: string): boolean {
  return explain(text) !== text;
}

function explain(text: string): string {
  const name = UNRESOLVED.exec(text)?.[1];
  if (name !== undefined && (isBuiltin(name) || /^(node|cloudflare|bun):/.test(name))) {
    return `"${name}" does not exist in a workflow: it runs without files, sockets and processes. Use ctx and the web platform (fetch, crypto, URL, streams), or a package that does.`;
  }
  if (name !== undefined && !name.startsWith(".") && !name.startsWith("/")) {
    return `Cannot find "${name}". Is it installed? npm install ${packageOf(name)}`;
  }
  if (text.startsWith('No loader is configured for ".node" files')) {
    return "This package is native code (a .node file), and a workflow runs JavaScript only. Look for one that is JavaScript.";
  }
  if (text.startsWith('"import.meta" is not available')) {
    return "import.meta is empty in a workflow, which is one script and has no file: import.meta.url, .dirname and .env are undefined. Import what you would read from beside this file, and take settings from ctx.variables.";
  }
  if (text.startsWith("Top-level await")) {
    return "A workflow cannot await at the top level of a file: it is loaded anew for every run. Await inside the handler.";
  }
  return text;
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** The compiler counts bytes of UTF-8; editors count UTF-16 units. */
function characters(text: string, bytes: number): number {
  return Buffer.from(text).subarray(0, bytes).toString().length;
}
