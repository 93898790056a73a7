import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const HERE = import.meta.dirname;
/** The standard's own tests, and ours in the same form for what that copy does not have. */
const ROOTS = ["vendor", "own"].map((name) => path.join(HERE, name));
/** Where the test server of the web platform has something else than its tree. */
const ALIASES: Readonly<Record<string, string>> = {
  "/resources/WebIDLParser.js": "/resources/webidl2/lib/webidl2.js",
};

/** The areas of the report, by the beginning of a file's path. */
const AREAS: readonly (readonly [prefix: string, area: string])[] = [
  ["url/", "url"],
  ["urlpattern/", "urlpattern"],
  ["encoding/", "encoding"],
  ["streams/", "streams"],
  ["dom/abort/", "dom/abort"],
  ["dom/events/", "dom/events"],
  ["hr-time/", "hr-time"],
  ["user-timing/", "user-timing"],
  ["performance-timeline/", "performance-timeline"],
  ["html/webappapis/", "html/webappapis"],
  ["FileAPI/", "FileAPI"],
  ["xhr/formdata/", "xhr/formdata"],
  ["fetch/api/", "fetch/api"],
  ["WebCryptoAPI/", "WebCryptoAPI"],
  ["compression/", "compression"],
  ["console/", "console"],
];

/** Files of minutes, which the test server too runs in pieces: the beginning of each is enough here. */
const PIECES: readonly (readonly [files: RegExp, search: string])[] = [
  [/^WebCryptoAPI\/derive_bits_keys\/(?:pbkdf2|hkdf)\./, "?1-300"],
  [/^WebCryptoAPI\/generateKey\/successes_RSA/, "?1-10"],
];

/** One test file. */
export interface WptFile {
  /** Its path inside its root: `url/url-origin.any.js`. */
  readonly name: string;
  readonly area: string;
  readonly root: string;
}

/** All test files, of one area or of all, in order. */
export function listFiles(only?: string): WptFile[] {
  return ROOTS.flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .map((name) => name.replaceAll("\\", "/"))
      .filter((name) => name.endsWith(".any.js"))
      .map((name) => ({ name, root, area: areaOf(name) })),
  )
    .filter(({ name, area }) => only === undefined || area === only || name.startsWith(only))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function areaOf(name: string): string {
  const found = AREAS.find(([prefix]) => name.startsWith(prefix));
  if (found === undefined) {
    throw new Error(`${name} belongs to no area of test/conformance/wpt/files.ts.`);
  }
  return found[1];
}

/** What `drive.js` needs to run a file. */
export interface Program {
  readonly harness: string;
  readonly source: string;
  readonly resources: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Which of its subtests a file is to run, in the words of `META: variant`; empty for all. */
  readonly search: string;
  /** Whether the file says itself when its tests are complete. */
  readonly finishes: boolean;
  readonly limitMs: number;
}

const DRIVE = readFileSync(path.join(HERE, "drive.js"), "utf8").replace(/;\s*$/, "");
const HARNESS = read("vendor/resources/testharness.js");

/** A test file with the scripts and resources that it loads, as one program. */
export function programOf(file: WptFile, limitMs: number): Program {
  const text = readFileSync(path.join(file.root, file.name), "utf8");
  const scripts = [...text.matchAll(/^\/\/ META: script=(.*)$/gm)].map(([, script = ""]) =>
    readFileSync(locate(file.root, path.posix.dirname(file.name), script.trim()), "utf8"),
  );
  const source = [...scripts, text].join("\n;\n");
  return {
    harness: HARNESS,
    source,
    resources: resourcesOf(file, source),
    folder: `${path.posix.dirname(file.name)}/`,
    search: PIECES.find(([files]) => files.test(file.name))?.[1] ?? "",
    finishes: /(?:explicit_done|single_test)\s*:/.test(text),
    limitMs,
  };
}

/** A program as an expression that takes what reports and returns a promise. */
export function expressionOf(program: Program): string {
  return `((report) => ${DRIVE}({ ...${JSON.stringify(program)}, report }))`;
}

function resourcesOf(file: WptFile, source: string): Record<string, string> {
  const folder = path.posix.dirname(file.name);
  const named = [...source.matchAll(/["'`]([\w./-]+\.(?:json|txt))["'`]/g)].map(([, name = ""]) => name);
  const specifications = source.includes("idl_test(")
    ? [...source.matchAll(/["']([A-Za-z-]+)["']/g)].map(([, name = ""]) => `/interfaces/${name}.idl`)
    : [];
  const found = [...new Set([...named, ...specifications])]
    .map((name) => locate(file.root, folder, name))
    .filter((place) => existsSync(place));
  return Object.fromEntries(
    found.map((place) => [`/${path.relative(file.root, place)}`, readFileSync(place, "utf8")]),
  );
}

function locate(root: string, folder: string, name: string): string {
  const aliased = ALIASES[name] ?? name;
  return path.join(root, aliased.startsWith("/") ? "." : folder, aliased);
}

function read(name: string): string {
  return readFileSync(path.join(HERE, name), "utf8");
}
