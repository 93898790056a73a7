import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { builtInConnector, builtInSlugs } from "#connectors/index.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
/** A connector for whatever has none: its slug is the name of a protocol. */
const GENERIC = new Set(["http"]);
/** Names that are words of English: they count when they are written as names, or in quotes. */
const WORDS = new Set(["intercom", "linear", "notion"]);

function engineFiles(): string[] {
  return ["runtime", "api"].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .map((name) => path.posix.join(folder, name.replaceAll("\\", "/")))
      .filter((name) => /\.(ts|tsx|js|sql)$/.test(name) && !name.startsWith("api/console/")),
  );
}

/** Where a text names a provider. */
function namesIn(text: string): string[] {
  return builtInSlugs()
    .filter((slug) => !GENERIC.has(slug))
    .filter((slug) => patternOf(slug, builtInConnector(slug)?.name ?? slug).test(text));
}

function patternOf(slug: string, name: string): RegExp {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return WORDS.has(slug)
    ? new RegExp(`"${slug}"|\\b${escaped}\\b(?! (time|in)\\b)`)
    : new RegExp(`(?<![a-z0-9])(${slug}|${escaped})(?![a-z0-9])`, "i");
}

describe("engine code", () => {
  it("finds a provider's name where there is one", () => {
    expect(namesIn('if (connector.slug === "slack") {')).toEqual(["slack"]);
    expect(namesIn("const GITHUB_HOST = 1; // as GitHub does")).toEqual(["github"]);
    expect(namesIn('slug === "linear"')).toEqual(["linear"]);
    expect(namesIn("Time is linear in the text; fetch by http")).toEqual([]);
  });

  it("contains no provider's name: what one does differently is data", () => {
    const found = engineFiles().flatMap((file) =>
      namesIn(readFileSync(path.join(ROOT, file), "utf8")).map((name) => `${file}: ${name}`),
    );
    expect(found).toEqual([]);
  });
});
