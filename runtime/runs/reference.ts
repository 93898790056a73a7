const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a reference is an id; everything else is looked up as a slug. */
export function isUuid(reference: string): boolean {
  return UUID.test(reference);
}
