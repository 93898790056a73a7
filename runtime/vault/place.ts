/**
 * Where a sealed value lives. It is authenticated with the value (AES-GCM additional data), so that bytes
 * copied to another organization, row, column or version do not open there.
 */
export interface Place {
  readonly organizationId: string;
  /** Table name, as in `secrets`. */
  readonly table: string;
  /** Identity of the row inside its table, as in its id or `<run id>/<position>`. */
  readonly row: string;
  /** Logical column, without the suffix `_sealed`. */
  readonly column: string;
  /** Version of the value; a value of an earlier version does not open as the current one. */
  readonly version: number;
}

/** The additional data of a place: each part is preceded by its length, so no two places share a text. */
export function additionalData(place: Place): Buffer {
  return lengthPrefixed([
    place.organizationId.toLowerCase(),
    place.table,
    place.row,
    place.column,
    String(place.version),
  ]);
}

/** Parts joined without ambiguity: a 32-bit big-endian byte length before each. */
export function lengthPrefixed(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(part));
      return [length, Buffer.from(part)];
    }),
  );
}
