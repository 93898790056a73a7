import type { ActionInput } from "../action.ts";
import { DefinitionError, parseConnector } from "../parse.ts";
import type { ConnectorInput } from "../schema.ts";
import { readDocument } from "./document.ts";
import { IMPORT_LIMITS } from "./limits.ts";
import type { ImportLimits } from "./limits.ts";
import { methodsOf } from "./methods.ts";
import { createNotes } from "./notes.ts";
import type { Notes } from "./notes.ts";
import { labelOf, readOperation, scopesOf } from "./operation.ts";
import type { ActionDraft, PlacedOperation } from "./operation.ts";
import { operationsOf } from "./operations.ts";
import type { SkippedEntry } from "./operations.ts";
import { createPatternCheck } from "./pattern.ts";
import { resolverOf } from "./reference.ts";
import { refuse } from "./refuse.ts";
import { readSchemes, requirementsOf } from "./security.ts";
import type { Scheme } from "./security.ts";
import { baseOf, readServer } from "./servers.ts";
import type { Base } from "./servers.ts";
import { SkippedOperation } from "./skipped.ts";
import { createNames, slugOf } from "./slugs.ts";
import { listOf, shorten, textOf, treeOf } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { bytesOf, writeSchemas } from "./write-schemas.ts";
import type { WrittenSchemas } from "./write-schemas.ts";
import type { SchemaMaker } from "./schema.ts";

/** How a document is imported. */
export interface ImportOptions {
  /** Default: from the document's title. */
  readonly slug?: string;
  /** Default: the document's title. */
  readonly name?: string;
  /** Where the API is, instead of what the document says. HTTPS. */
  readonly baseUrl?: string;
  /** Where the document came from. It is not read again: relative servers are relative to it. */
  readonly documentUrl?: string;
  /** Import a part: operations whose path begins with one of these (`/users`), or that have one of these tags. */
  readonly only?: readonly string[];
  readonly limits?: Partial<ImportLimits>;
}

/** What became of a document. */
export interface ImportReport {
  /** A definition that {@link parseConnector} takes. */
  readonly connector: ConnectorInput;
  readonly operations: {
    readonly total: number;
    readonly imported: number;
    /** Why the others are no actions; the first 1,000 of them. */
    readonly skipped: readonly SkippedEntry[];
  };
  /** What the author should look at. */
  readonly warnings: readonly string[];
}

const MOST_TOLD = 1_000;

/**
 * Makes a connector of an OpenAPI 3.x or Swagger 2.0 document: security schemes become auth methods, servers become
 * hosts, operations become actions with JSON Schemas. Nothing is fetched, whatever the document refers to, and time
 * and memory are bounded whatever is in it.
 *
 * @param text - JSON or YAML.
 * @throws DefinitionError when the document is none, is too large, or nothing can be made of it
 *
 * @example
 * ```ts
 * const { connector, operations, warnings } = importOpenApi(await readFile("openapi.yaml", "utf8"));
 * ```
 */
export function importOpenApi(text: string, options: ImportOptions = {}): ImportReport {
  const limits = { ...IMPORT_LIMITS, ...options.limits };
  const { root, isSwagger } = readDocument(text, limits);
  const notes = createNotes();
  const resolve = resolverOf(root);
  const maker: SchemaMaker = { resolve, notes, isSafe: createPatternCheck(notes) };
  const found = operationsOf(resolve, root, limits, options.only);
  const skipped = [...found.skipped];
  const readable = draftsOf(maker, root, found.operations, limits, skipped);
  const base = baseOf(root, isSwagger, options, notes);
  const written = writeSchemas(maker, readable, limits);
  const drafts = readable.slice(0, written.length);
  for (const { label } of readable.slice(written.length)) {
    skipped.push({
      operation: label,
      reason: "no room is left in the definition: import a part of the document",
    });
  }
  const connector = compose({ maker, root, drafts, written, base, options });
  const checked = withoutWrongActions(connector, skipped, drafts);
  const size = bytesOf(checked);
  if (size > limits.definition * 1.2) {
    refuse(
      `makes a definition of ${size.toLocaleString("en")} bytes, which is too large; import a part of it`,
    );
  }
  return {
    connector: checked,
    operations: {
      total: found.operations.length + found.skipped.length,
      imported: checked.actions?.length ?? 0,
      skipped: skipped.slice(0, MOST_TOLD),
    },
    warnings: notes.all(),
  };
}

function draftsOf(
  maker: SchemaMaker,
  root: Tree,
  operations: readonly PlacedOperation[],
  limits: ImportLimits,
  skipped: SkippedEntry[],
): ActionDraft[] {
  const drafts: ActionDraft[] = [];
  for (const placed of operations) {
    try {
      if (drafts.length >= Math.min(limits.actions, 5_000)) {
        throw new SkippedOperation(`a connector has at most ${limits.actions.toLocaleString("en")} actions`);
      }
      drafts.push(readOperation(maker.resolve, root, placed));
    } catch (error) {
      if (!(error instanceof SkippedOperation)) {
        throw error;
      }
      skipped.push({ operation: labelOf(placed), reason: error.message });
    }
  }
  return drafts;
}

interface Parts {
  readonly maker: SchemaMaker;
  readonly root: Tree;
  readonly drafts: readonly ActionDraft[];
  readonly written: readonly WrittenSchemas[];
  readonly base: Base;
  readonly options: ImportOptions;
}

function compose({ maker, root, drafts, written, base, options }: Parts): ConnectorInput {
  const { notes, resolve } = maker;
  const info = treeOf(root["info"]);
  const name = options.name ?? textOf(info["title"]) ?? "Imported API";
  const slug = options.slug ?? (slugOf(name) || slugOf(base.host) || "imported-api");
  const schemes = readSchemes(resolve, root);
  const requirements = requirementsOf(
    root,
    drafts.map(({ operation }) => operation.operation),
  );
  const methods = methodsOf(schemes, requirements, base, notes);
  const bases = drafts.map(({ operation }) => ownBase(operation, base));
  const hosts = [base.host, ...bases.flatMap((own) => (own === null ? [] : [own.host])), ...methods.hosts];
  const summary = textOf(info["description"]) ?? textOf(info["summary"]);
  return {
    slug,
    name: shorten(name, 200),
    ...(summary === undefined ? {} : { description: shorten(summary, 2_000) }),
    fields: base.fields,
    hosts: [...new Set(hosts)].slice(0, 100),
    baseUrl: base.url,
    auth: methods.auth.length > 0 ? methods.auth : [undeclaredMethod(schemes, drafts, notes)],
    actions: actionsOf(root, drafts, written, bases, schemes),
  };
}

/** Another server than the document's, of an operation or its path. Only one without variables is taken. */
function ownBase({ item, operation }: PlacedOperation, base: Base): Base | null {
  const [server] = listOf(operation["servers"] ?? item["servers"]);
  const [own] = server === undefined ? [] : readServer(treeOf(server), {});
  return own === undefined || own.url === base.url || /[{}]/.test(own.url) ? null : own;
}

/** Documents without security schemes often have the header Authorization as a parameter. */
function undeclaredMethod(
  schemes: ReadonlyMap<string, Scheme>,
  drafts: readonly ActionDraft[],
  notes: Notes,
): ConnectorInput["auth"][number] {
  if (drafts.some(({ hasAuthorization }) => hasAuthorization)) {
    notes.warn(
      "The document declares no security scheme, but its operations take the header Authorization: what it holds is asked for whole",
    );
    return {
      id: "authorization",
      type: "api-key",
      label: "Header Authorization",
      description: 'The whole value of the header, as in "Bearer …".',
      name: "Authorization",
    };
  }
  if (schemes.size > 0) {
    notes.warn("None of the document's security schemes can be used: requests carry no credential");
  }
  return { id: "none", type: "none", label: "No authentication" };
}

function actionsOf(
  root: Tree,
  drafts: readonly ActionDraft[],
  written: readonly WrittenSchemas[],
  bases: readonly (Base | null)[],
  schemes: ReadonlyMap<string, Scheme>,
): ActionInput[] {
  const nameAction = createNames("-");
  const oauth = new Set([...schemes].filter(([, { kind }]) => kind === "oauth2").map(([id]) => id));
  return drafts.map(({ slug, action, operation }, position) => {
    const own = bases[position] ?? null;
    const scopes = scopesOf(root, operation.operation, oauth);
    const { input, output } = written[position] ?? {};
    return {
      slug: nameAction(slug),
      ...action,
      ...(scopes.length === 0 ? {} : { scopes }),
      ...(own === null || action.http === undefined ? {} : { http: { ...action.http, baseUrl: own.url } }),
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
    };
  });
}

/** What the importer did not foresee in one operation must not cost the others. */
function withoutWrongActions(
  connector: ConnectorInput,
  skipped: SkippedEntry[],
  drafts: readonly ActionDraft[],
): ConnectorInput {
  try {
    parseConnector(connector);
    return connector;
  } catch (error) {
    const wrong = error instanceof DefinitionError ? wrongActions(error) : null;
    if (wrong === null) {
      throw error;
    }
    for (const [position, message] of wrong) {
      skipped.push({ operation: drafts[position]?.label ?? "", reason: message });
    }
    const left = {
      ...connector,
      actions: (connector.actions ?? []).filter((_, position) => !wrong.has(position)),
    };
    parseConnector(left);
    return left;
  }
}

/** Which actions are wrong, and why; null when something else is. */
function wrongActions({ issues }: DefinitionError): Map<number, string> | null {
  const wrong = new Map<number, string>();
  for (const { path, message } of issues) {
    const [, position, place = ""] = /^actions\.(\d+)\.?(.*)$/.exec(path) ?? [];
    if (position === undefined) {
      return null;
    }
    wrong.set(Number(position), shorten(`${place} ${message}`, 300));
  }
  return wrong;
}
