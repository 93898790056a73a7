import { hasOwn, isArray, keys } from "./primordials.guest.ts";

/** A Standard Schema that may say itself as JSON Schema, as Zod 4.2 and later do. */
export interface Described {
  readonly vendor?: unknown;
  readonly jsonSchema?: {
    readonly input: (options: { readonly target: string; readonly libraryOptions?: object }) => unknown;
  };
}

/** The parts of a Zod schema that say which inputs it takes beyond its type. */
interface ZodSchema {
  readonly _zod: {
    readonly optin?: unknown;
    readonly def: {
      readonly type: string;
      readonly coerce?: boolean;
      readonly checks?: readonly { readonly _zod: { readonly def: { readonly check: string } } }[];
      readonly shape?: Readonly<Record<string, ZodSchema>>;
      readonly innerType?: ZodSchema;
      readonly in?: ZodSchema;
      readonly options?: readonly ZodSchema[];
    };
  };
}

type Json = Record<string, unknown>;

const ANNOTATIONS = { title: 1, description: 1, default: 1, examples: 1, deprecated: 1, readOnly: 1 };
const TYPES = { ...ANNOTATIONS, type: 1, items: 1, prefixItems: 1, properties: 1, additionalProperties: 1 };

/**
 * What a workflow's input looks like before its schema has changed anything about it, as JSON Schema: the API
 * checks an input by it and must not refuse what the schema would take. Zod says of `z.coerce.number()` only what
 * comes out of it, a number, though it takes "5" as well: whatever changes what it is given is anything here.
 */
export function inputSchemaOf(standard: Described | null): unknown {
  const libraryOptions = { unrepresentable: "any", override: widen };
  return (
    standard?.jsonSchema?.input({
      target: "draft-2020-12",
      ...(standard.vendor === "zod" ? { libraryOptions } : {}),
    }) ?? null
  );
}

/** Zod calls it for every schema within the schema, what is inside of another one first. */
function widen({
  zodSchema,
  jsonSchema,
}: {
  readonly zodSchema: ZodSchema;
  readonly jsonSchema: Json;
}): void {
  const { def } = zodSchema._zod;
  if (takesAnything(zodSchema)) {
    keepOnly(jsonSchema, ANNOTATIONS);
  } else if (checksWhatItChanged(zodSchema)) {
    keepOnly(jsonSchema, TYPES);
    jsonSchema.type = jsonSchema.type === "integer" ? "number" : jsonSchema.type;
  }
  const { required } = jsonSchema;
  if (def.type === "object" && isArray(required)) {
    jsonSchema.required = required.filter((name: string) => !mayBeAbsent(def.shape?.[name]));
  } else if (def.type === "record") {
    // A key that is not there is given to the schema of the values, which may have one for it.
    delete jsonSchema.required;
  } else if (def.type === "tuple") {
    delete jsonSchema.minItems;
  }
}

/** Coercion, `catch`, `success` and `preprocess`: they see the input before any type is asked for. */
function takesAnything({ _zod: { def } }: ZodSchema): boolean {
  return (
    def.coerce === true ||
    def.type === "catch" ||
    def.type === "success" ||
    def.type === "transform" ||
    (def.type === "pipe" && def.in !== undefined && takesAnything(def.in))
  );
}

/** As `z.string().trim().max(5)` does: it is not the input that has at most five characters. */
function checksWhatItChanged({ _zod: { def } }: ZodSchema): boolean {
  let hasChanged = false;
  for (const check of def.checks ?? []) {
    const isChange = check._zod.def.check === "overwrite" || check._zod.def.check === "custom";
    if (hasChanged && !isChange) {
      return true;
    }
    hasChanged ||= isChange;
  }
  return false;
}

function mayBeAbsent(schema: ZodSchema | undefined): boolean {
  if (schema === undefined || schema._zod.optin !== undefined || takesAnything(schema)) {
    return true;
  }
  const { type, innerType, in: first, options } = schema._zod.def;
  return type === "nonoptional"
    ? false
    : [innerType, first, ...(options ?? [])].some((part) => part !== undefined && mayBeAbsent(part));
}

function keepOnly(json: Json, kept: object): void {
  for (const key of keys(json)) {
    if (!hasOwn(kept, key)) {
      delete json[key];
    }
  }
}
