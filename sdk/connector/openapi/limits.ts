/** How much of a document is taken, and how much is made of it. Every one of them bounds time and memory. */
export interface ImportLimits {
  /** Characters of a JSON document. Default 20 MiB. */
  readonly document: number;
  /** Characters of a YAML document, which takes ten times as long to read. Default 10 MiB. */
  readonly yaml: number;
  /** Pieces that a YAML document is made of: names, values, signs, comments. Default 3,000,000. */
  readonly yamlTokens: number;
  /** Values of a document, aliases followed. Default 3,000,000. */
  readonly nodes: number;
  /** Values that YAML repeats by aliases. Default 200,000. */
  readonly copies: number;
  /** Levels of a document. Default 200. */
  readonly depth: number;
  /** Operations that are looked at; a document with more is refused. Default 50,000. */
  readonly operations: number;
  /** Actions that are made; further operations are skipped. Default, and at most: 5,000. */
  readonly actions: number;
  /** Characters of one action's input schema, and of its output schema. Default 24,000. */
  readonly schema: number;
  /** Bytes of the definition, about; one that is a fifth larger is refused. Default 4,000,000: the API takes 5 MiB. */
  readonly definition: number;
}

const MIB = 1024 * 1024;

export const IMPORT_LIMITS: ImportLimits = {
  document: 20 * MIB,
  yaml: 10 * MIB,
  yamlTokens: 3_000_000,
  nodes: 3_000_000,
  copies: 200_000,
  depth: 200,
  operations: 50_000,
  actions: 5_000,
  schema: 24_000,
  definition: 4_000_000,
};
