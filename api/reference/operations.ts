import type { OpenApiDocument } from "../openapi/document.ts";

/** A JSON Schema as it stands in the document: only what the page shows. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: JsonSchema;
}

/** One kind of body of a request or an answer. */
export interface MediaType {
  readonly schema?: JsonSchema;
  readonly example?: unknown;
}

/** One operation of the document. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly body: MediaType | null;
  readonly responses: readonly {
    readonly status: string;
    readonly description: string;
    readonly contentType: string | null;
    readonly media: MediaType | null;
  }[];
}

/** The operations of one tag. */
export interface TagGroup {
  readonly tag: { readonly name: string; readonly description: string; readonly anchor: string };
  readonly operations: readonly Operation[];
}

interface RawOperation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, MediaType>> };
  readonly responses?: Readonly<
    Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, MediaType>> }>
  >;
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** The document's operations, in the order of its tags and of the route table. */
export function operationsByTag(document: OpenApiDocument): readonly TagGroup[] {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as RawOperation | undefined;
      return operation === undefined
        ? []
        : [{ tag: operation.tags?.[0] ?? "", ...toOperation(method, path, operation) }];
    }),
  );
  return (document.tags ?? []).map(({ name, description }) => ({
    tag: {
      name,
      description: description ?? "",
      anchor: `tag-${name.toLowerCase().replaceAll(/\W+/g, "-")}`,
    },
    operations: operations.filter(({ tag }) => tag === name),
  }));
}

function toOperation(method: string, path: string, operation: RawOperation): Operation {
  return {
    id: operation.operationId ?? `${method}-${path}`,
    method,
    path,
    summary: operation.summary ?? path,
    description: operation.description ?? "",
    parameters: operation.parameters ?? [],
    body: Object.values(operation.requestBody?.content ?? {})[0] ?? null,
    responses: Object.entries(operation.responses ?? {}).map(([status, { description, content }]) => {
      const [contentType, media] = Object.entries(content ?? {})[0] ?? [null, null];
      return { status, description: description ?? "", contentType, media };
    }),
  };
}
