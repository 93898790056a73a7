import { html } from "hono/html";
import type { OpenApiDocument } from "../openapi/document.ts";
import type { JsonSchema } from "./operations.ts";
import { inline } from "./prose.ts";
import type { Html } from "./prose.ts";

/** Deeper than any of our schemas: ends a recursive one. */
const DEEPEST = 6;

/** The fields of a schema, nested as they nest. */
export function schemaFields(document: OpenApiDocument, schema: JsonSchema, depth = 0): Html {
  const resolved = resolve(document, schema);
  const inner = resolved.items === undefined ? resolved : resolve(document, resolved.items);
  const properties = Object.entries(inner.properties ?? {});
  if (properties.length === 0 || depth > DEEPEST) {
    return html``;
  }
  return html`<dl class="fields">
    ${properties.map(([name, property]) => {
      const required = inner.required?.includes(name) ?? false;
      return html`<div>
        <dt>
          <code>${name}</code> <span class="type">${typeOf(document, property)}</span>
          ${required ? html`<span class="required">required</span>` : ""}
        </dt>
        <dd>${describe(resolve(document, property))} ${schemaFields(document, property, depth + 1)}</dd>
      </div>`;
    })}
  </dl>`;
}

/** What a schema accepts, in a few words. */
export function typeOf(document: OpenApiDocument, schema: JsonSchema): string {
  const resolved = resolve(document, schema);
  const alternatives = resolved.anyOf ?? resolved.oneOf;
  if (alternatives !== undefined) {
    return alternatives.map((alternative) => typeOf(document, alternative)).join(" | ");
  }
  if (resolved.enum !== undefined) {
    return resolved.enum.map((value) => JSON.stringify(value)).join(" | ");
  }
  if (resolved.const !== undefined) {
    return JSON.stringify(resolved.const);
  }
  const types = typeof resolved.type === "string" ? [resolved.type] : (resolved.type ?? ["any"]);
  return types
    .map((type) =>
      type === "array" && resolved.items !== undefined
        ? `array of ${typeOf(document, resolved.items)}`
        : resolved.format === undefined || type === "null"
          ? type
          : `${type} (${resolved.format})`,
    )
    .join(" | ");
}

/** An example for a schema: its own, or one made of those of its fields. */
export function exampleOf(document: OpenApiDocument, schema: JsonSchema): unknown {
  const resolved = resolve(document, schema);
  if (resolved.example !== undefined) {
    return resolved.example;
  }
  if (resolved.items !== undefined) {
    return [exampleOf(document, resolved.items)];
  }
  if (resolved.properties !== undefined) {
    const entries = Object.entries(resolved.properties);
    return Object.fromEntries(entries.map(([name, property]) => [name, exampleOf(document, property)]));
  }
  return resolved.default ?? resolved.enum?.[0] ?? null;
}

function atLeast(length: number): string {
  return length === 1 ? "Not empty." : `At least ${String(length)} characters.`;
}

function describe(schema: JsonSchema): Html {
  const limits = [
    schema.default === undefined ? null : `Default: \`${JSON.stringify(schema.default)}\`.`,
    schema.minLength === undefined ? null : atLeast(schema.minLength),
    schema.maxLength === undefined ? null : `At most ${String(schema.maxLength)} characters.`,
    schema.minimum === undefined || schema.maximum === undefined || Math.abs(schema.minimum) > 1e9
      ? null
      : `From ${String(schema.minimum)} to ${String(schema.maximum)}.`,
  ].filter((limit) => limit !== null);
  return inline([schema.description ?? "", ...limits].join(" ").trim());
}

function resolve(document: OpenApiDocument, schema: JsonSchema): JsonSchema {
  if (schema.allOf !== undefined) {
    return schema.allOf.map((part) => resolve(document, part)).reduce(joined, { ...schema, allOf: [] });
  }
  if (schema.$ref === undefined) {
    return schema;
  }
  const name = schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
  const found = (document.components?.schemas ?? {})[name];
  return found === undefined ? {} : resolve(document, found);
}

function joined(left: JsonSchema, right: JsonSchema): JsonSchema {
  return {
    ...left,
    ...right,
    properties: { ...left.properties, ...right.properties },
    required: [...(left.required ?? []), ...(right.required ?? [])],
  };
}
