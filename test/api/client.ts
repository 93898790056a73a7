import { Validator } from "@cfworker/json-schema";
import type { Schema } from "@cfworker/json-schema";
import type { Problem } from "#api/middleware/problem.ts";

/** An answer of the API, read and checked against the API's own OpenAPI document. */
interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Calls the API with one key. Every answer must be one that the document promises. */
export interface Client {
  readonly key: string;
  readonly url: string;
  get<T = Json>(path: string): Promise<Answer<T>>;
  send<T = Json>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
}

/** Any resource: tests name the fields that they look at. */
export type Json = Record<string, unknown> & { id: string };
/** A page of a list. */
export interface Page<T = Json> {
  data: T[];
  nextCursor: string | null;
}
export type { Problem };

interface Document {
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>
  >;
  readonly components: Record<string, unknown>;
}

/** Makes a client. Paths are below /api/v1. */
export function createClient(url: string, key: string): Client {
  const send: Client["send"] = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers = {},
  ): Promise<Answer<T>> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      body: (text === "" ? null : JSON.parse(text)) as T,
    };
    await checkPromise(url, method, `/api/v1${path}`, answer, response.headers.get("content-type"));
    return answer;
  };
  return { key, url, send, get: async (path) => send("GET", path) };
}

const documents = new Map<string, Promise<Document>>();

/** The OpenAPI document of the API at a URL. */
export async function readDocument(url: string): Promise<Document> {
  const known = documents.get(url) ?? fetchDocument(url);
  documents.set(url, known);
  return known;
}

/** Without its examples: the validator would take the ids in them for those of schemas. */
async function fetchDocument(url: string): Promise<Document> {
  const response = await fetch(`${url}/api/v1/openapi.json`);
  return JSON.parse(await response.text(), (key, value: unknown) =>
    key === "example" ? undefined : value,
  ) as Document;
}

async function checkPromise(
  url: string,
  method: string,
  path: string,
  answer: Answer<unknown>,
  type: string | null,
) {
  const document = await readDocument(url);
  const operation = findOperation(document, method, path.split("?")[0] ?? "");
  if (operation === undefined) {
    return;
  }
  const promised = operation.responses[String(answer.status)];
  if (promised === undefined) {
    throw new Error(
      `${method} ${path} answered ${String(answer.status)}, which its document does not mention: ${JSON.stringify(answer.body)}`,
    );
  }
  const [contentType, media] = Object.entries(promised.content ?? {})[0] ?? [null, null];
  if (media === null) {
    return;
  }
  if (type?.split(";")[0] !== contentType) {
    throw new Error(`${method} ${path} answered ${String(type)} instead of ${contentType}`);
  }
  const schema = { ...media.schema, components: document.components } as Schema;
  const { valid, errors } = new Validator(schema, "2020-12", false).validate(answer.body);
  if (!valid) {
    throw new Error(
      `${method} ${path} answered what its document does not promise: ${JSON.stringify(errors.slice(-2))}`,
    );
  }
}

function findOperation(document: Document, method: string, path: string) {
  const parts = path.split("/");
  const found = Object.entries(document.paths).filter(([pattern]) => {
    const expected = pattern.split("/");
    return (
      expected.length === parts.length &&
      expected.every((part, index) => part.startsWith("{") || part === parts[index])
    );
  });
  const exact = found.find(([pattern]) => !pattern.includes("{")) ?? found[0];
  return exact?.[1][method.toLowerCase()];
}
