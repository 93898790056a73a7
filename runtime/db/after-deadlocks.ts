const TRIES = 5;

/**
 * Runs a transaction, and again when it was the victim of a deadlock: what it waited for has ended by then. Nothing of
 * it was committed, so that it must have no effect beyond the database.
 */
export async function afterDeadlocks<T>(transact: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transact();
    } catch (error) {
      if (tries >= TRIES || (error as { readonly code?: unknown }).code !== "40P01") {
        throw error;
      }
    }
  }
}
