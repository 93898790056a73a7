/** An operation that becomes no action, and why. */
export class SkippedOperation extends Error {
  override readonly name = "SkippedOperation";
}
