const KIB = 1_024;
const MIB = 1_024 * KIB;

/** Sizes that the API accepts, in bytes (design, section 10). */
export const LIMITS = {
  /** Any request body that has no limit of its own. */
  body: 10 * MIB,
  /** JSON text of one run's input. */
  runInput: MIB,
  /** The body around a run's input: names, version, spaces. */
  runBody: MIB + 64 * KIB,
  /** Built code, or source, of one version. */
  bundle: 5 * MIB,
  /** The body around a bundle, and its source map. */
  bundleBody: 6 * MIB,
  /** The body around an OpenAPI document, whose own limit is that of the importer. */
  openApiBody: 24 * MIB,
  /** One secret or variable, in characters. */
  value: 64 * KIB,
  /** How deep JSON may nest: deeper values would exhaust the stack of any serializer. */
  depth: 100,
} as const;
