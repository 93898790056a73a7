/** `node:path` as on Linux; the working directory is "/". */
interface Parsed {
  readonly root: string;
  readonly dir: string;
  readonly base: string;
  readonly ext: string;
  readonly name: string;
}

function segments(path: string, absolute: boolean): string[] {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") {
      continue;
    }
    if (part !== "..") {
      kept.push(part);
    } else if (kept.length > 0 && kept.at(-1) !== "..") {
      kept.pop();
    } else if (!absolute) {
      kept.push("..");
    }
  }
  return kept;
}

function check(path: unknown, name = "path"): string {
  if (typeof path !== "string") {
    throw Object.assign(new TypeError(`The "${name}" argument must be of type string.`), {
      code: "ERR_INVALID_ARG_TYPE",
    });
  }
  return path;
}

const isAbsolute = (path: string): boolean => check(path).startsWith("/");

function normalize(path: string): string {
  if (check(path) === "") {
    return ".";
  }
  const absolute = isAbsolute(path);
  const joined = segments(path, absolute).join("/");
  const trailing = path.endsWith("/") && joined !== "" ? "/" : "";
  return (
    (absolute ? "/" : "") +
    (joined === "" && !absolute ? `.${path.endsWith("/") ? "/" : ""}` : joined + trailing)
  );
}

function join(...parts: readonly string[]): string {
  return normalize(
    parts
      .map((part) => check(part))
      .filter((part) => part !== "")
      .join("/"),
  );
}

function resolve(...parts: readonly string[]): string {
  let path = "";
  for (const part of parts.toReversed()) {
    path = check(part) === "" ? path : `${part}/${path}`;
    if (part.startsWith("/")) {
      break;
    }
  }
  return `/${segments(path, true).join("/")}`;
}

function relative(from: string, to: string): string {
  const [source, target] = [segments(resolve(from), true), segments(resolve(to), true)];
  let same = 0;
  while (same < source.length && source[same] === target[same]) {
    same += 1;
  }
  return [...source.slice(same).map(() => ".."), ...target.slice(same)].join("/");
}

function dirname(path: string): string {
  const trimmed = check(path).replace(/(?<=[^/])\/+$/, "");
  const slash = trimmed.lastIndexOf("/");
  if (slash === -1) {
    return ".";
  }
  return slash === 0 ? "/" : trimmed.slice(0, slash).replace(/(?<=[^/])\/+$/, "");
}

function basename(path: string, suffix = ""): string {
  const base = check(path).replace(/\/+$/, "").split("/").at(-1) ?? "";
  return suffix !== base && base.endsWith(check(suffix, "suffix"))
    ? base.slice(0, base.length - suffix.length)
    : base;
}

function extname(path: string): string {
  const base = basename(path);
  const dot = base.lastIndexOf(".");
  return dot <= 0 || base === ".." ? "" : base.slice(dot);
}

function parse(path: string): Parsed {
  const base = basename(path);
  const ext = extname(path);
  const root = isAbsolute(path) ? "/" : "";
  const dir = dirname(path);
  return {
    root,
    dir: dir === "." && !path.startsWith("./") && !path.startsWith(".//") ? "" : dir,
    base,
    ext,
    name: base.slice(0, base.length - ext.length),
  };
}

function format(parts: Partial<Parsed>): string {
  const dir = parts.dir ?? parts.root;
  const dot = parts.ext !== undefined && parts.ext !== "" && !parts.ext.startsWith(".") ? "." : "";
  const base = parts.base ?? `${parts.name ?? ""}${dot}${parts.ext ?? ""}`;
  return dir === undefined || dir === "" ? base : dir === parts.root ? `${dir}${base}` : `${dir}/${base}`;
}

const posix = {
  sep: "/",
  delimiter: ":",
  basename,
  dirname,
  extname,
  format,
  isAbsolute,
  join,
  normalize,
  parse,
  relative,
  resolve,
  toNamespacedPath: (path: string): string => path,
};

/** `node:path`. */
export const exported: unknown = Object.assign(posix, { posix, win32: posix });
