/**
 * Where a source is, as the compiler names it, told without this machine's folders: relative to the project,
 * from `node_modules/` on for packages installed further up, by its last folders for any other file outside.
 */
export function placeOf(source: string): string {
  const plain = source.replace(/^(tenon|source|node|node-globals|node-refused):/, "");
  if (/^(tenon|node|node-globals|node-refused):/.test(source)) {
    return `node_modules/tenon/${plain}`;
  }
  const isOutside = plain.startsWith("../") || plain.startsWith("/") || /^[A-Za-z]:[\\/]/.test(plain);
  if (!isOutside) {
    return plain;
  }
  const packages = plain.indexOf("node_modules/");
  return packages === -1 ? plain.split(/[\\/]/).slice(-2).join("/") : plain.slice(packages);
}

/**
 * The compiler's source map with every source named by {@link placeOf}, and with the author's own text where
 * the build handed the compiler another one.
 *
 * @param originals - The author's text by the text that was compiled.
 */
export function normalizeSources(sourceMap: string, originals: ReadonlyMap<string, string>): string {
  const map = JSON.parse(sourceMap) as { sources: string[]; sourcesContent?: (string | null)[] };
  const sourcesContent = map.sourcesContent?.map((content) =>
    content === null ? null : (originals.get(content) ?? content),
  );
  return JSON.stringify({ ...map, sources: map.sources.map(placeOf), sourcesContent });
}
