import type { ActionInput } from "../action.ts";
import { readRequestBody, bodyOfParameters } from "./body.ts";
import type { Body } from "./body.ts";
import { composeInput } from "./input.ts";
import { readParameters } from "./parameters.ts";
import { readPath } from "./path.ts";
import type { Resolve } from "./reference.ts";
import { readAnswer } from "./response.ts";
import { SkippedOperation } from "./skipped.ts";
import { slugOf } from "./slugs.ts";
import { entriesOf, isTree, listOf, shorten, textOf, treeOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

/** An operation where it stands in the document. */
export interface PlacedOperation {
  readonly path: string;
  readonly method: string;
  readonly item: Tree;
  readonly operation: Tree;
}

/** An action whose schemas are not yet written out. */
export interface ActionDraft {
  readonly label: string;
  readonly slug: string;
  readonly action: Omit<ActionInput, "slug" | "input" | "output">;
  readonly input: Tree;
  readonly output: unknown;
  readonly hasAuthorization: boolean;
  readonly operation: PlacedOperation;
}

type Http = NonNullable<ActionInput["http"]>;

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** `GET /contacts/{id}`: names an operation for people. */
export function labelOf({ method, path }: Pick<PlacedOperation, "method" | "path">): string {
  return shorten(`${method.toUpperCase()} ${path}`, 300);
}

/** Reads one operation. @throws SkippedOperation with the reason why it becomes no action */
export function readOperation(resolve: Resolve, root: Tree, placed: PlacedOperation): ActionDraft {
  const { item, operation } = placed;
  const method = httpMethod(placed.method);
  const parameters = readParameters(resolve, item, operation);
  const body = bodyOf(resolve, root, operation, parameters.body);
  const answer = readAnswer(resolve, operation, swaggerTypes(operation, root, "produces"));
  const path = readPath(placed.path);
  const hasBody = body !== null && method !== "GET" && method !== "HEAD";
  if (body?.required === true && !hasBody) {
    throw new SkippedOperation(`needs a body, which a ${method} cannot send`);
  }
  const input = composeInput(resolve, {
    method,
    path,
    parameters: parameters.plain,
    body: hasBody ? body : null,
  });
  const headers = {
    ...input.headers,
    ...(answer.accept === undefined ? {} : { accept: answer.accept }),
    ...(hasBody && body.contentType !== undefined ? { "content-type": body.contentType } : {}),
  };
  return {
    label: labelOf(placed),
    slug: slugFor(placed),
    hasAuthorization: parameters.hasAuthorization,
    operation: placed,
    input: input.schema,
    output: answer.schema,
    action: {
      ...aboutOf(placed),
      http: {
        method,
        path: path.path,
        ...(Object.keys(input.params).length === 0 ? {} : { params: input.params }),
        ...(Object.keys(headers).length === 0 ? {} : { headers }),
        ...(Object.keys(input.query).length === 0 ? {} : { query: input.query }),
        body: hasBody ? body.kind : "none",
      },
    },
  };
}

function httpMethod(given: string): Http["method"] {
  const method = given.toUpperCase();
  if (!METHODS.has(method)) {
    throw new SkippedOperation(`the method ${method.slice(0, 20)} cannot be sent`);
  }
  return method as Http["method"];
}

function bodyOf(resolve: Resolve, root: Tree, operation: Tree, inParameters: readonly Tree[]): Body | null {
  return operation["requestBody"] === undefined
    ? bodyOfParameters(resolve, inParameters, swaggerTypes(operation, root, "consumes"))
    : readRequestBody(resolve, operation["requestBody"]);
}

/** Swagger 2 names media types for all operations, or for one. */
function swaggerTypes(operation: Tree, root: Tree, name: "consumes" | "produces"): readonly unknown[] {
  return listOf(operation[name] ?? root[name]).slice(0, 50);
}

function slugFor({ operation, method, path }: PlacedOperation): string {
  const own = slugOf(textOf(operation["operationId"]) ?? "");
  return own !== "" ? own : slugOf(`${method} ${path}`) || "operation";
}

function aboutOf(placed: PlacedOperation): Omit<ActionInput, "slug" | "input" | "output" | "http"> {
  const { operation } = placed;
  const summary = textOf(operation["summary"]);
  const description = textOf(operation["description"]) ?? summary;
  const name = (summary ?? textOf(operation["operationId"]) ?? labelOf(placed)).replace(/\s+/g, " ");
  const url = textOf(treeOf(operation["externalDocs"])["url"]);
  return {
    name: shorten(name, 200),
    ...(description === undefined ? {} : { description: shorten(description, 1_000) }),
    ...(url !== undefined && url.length <= 2_000 && URL.canParse(url) ? { source: url } : {}),
  };
}

/** The scopes that an operation names for an OAuth scheme. */
export function scopesOf(root: Tree, operation: Tree, oauthSchemes: ReadonlySet<string>): string[] {
  const requirements = listOf(operation["security"] ?? root["security"]).slice(0, 20);
  for (const requirement of requirements.filter(isTree)) {
    for (const [scheme, scopes] of entriesOf(requirement)) {
      if (oauthSchemes.has(scheme)) {
        return [
          ...new Set(
            listOf(scopes)
              .slice(0, 100)
              .filter((scope): scope is string => typeof scope === "string" && scope.length <= 500),
          ),
        ];
      }
    }
  }
  return [];
}
