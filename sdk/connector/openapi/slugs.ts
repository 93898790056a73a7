/** Names in the forms that definitions ask for. */

/** `listPullRequests`, `List pull-requests` → `list-pull-requests`. Empty when nothing of it can stay. */
export function slugOf(text: string): string {
  return text
    .slice(0, 400)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 90)
    .replace(/-+$/, "");
}

/** `X-Api-Key` → `X_Api_Key`: a name for fields and templates. */
export function fieldNameOf(text: string): string {
  const name = text
    .slice(0, 200)
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 50);
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

/** Gives names that were not given before: `a`, `a-2`, `a-3`. */
export function createNames(joint: string, taken: Iterable<string> = []): (wish: string) => string {
  const given = new Set(taken);
  const last = new Map<string, number>();
  return (wish) => {
    let name = wish;
    for (let number = last.get(wish) ?? 2; given.has(name); number++) {
      name = `${wish}${joint}${String(number)}`;
      last.set(wish, number + 1);
    }
    given.add(name);
    return name;
  };
}
