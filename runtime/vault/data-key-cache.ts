import type { DataKey } from "./keyring.ts";

const CAPACITY = 2_000;
const LIFETIME_MS = 60_000;

interface CachedKey {
  readonly key: DataKey;
  readonly expiresAt: number;
}

/**
 * Unwrapped data keys, for a minute each. Entries are kept in the order in which they were loaded, which is
 * also the order in which they expire; whatever leaves is zeroed.
 */
export class DataKeyCache {
  readonly #keys = new Map<string, CachedKey>();
  readonly #active = new Map<string, string>();
  #sweep: NodeJS.Timeout | null = null;

  active(organizationId: string): DataKey | null {
    const keyId = this.#active.get(organizationId);
    return keyId === undefined ? null : this.get(organizationId, keyId);
  }

  get(organizationId: string, keyId: string): DataKey | null {
    const cached = this.#keys.get(`${organizationId}/${keyId}`);
    return cached === undefined || cached.expiresAt <= performance.now() ? null : cached.key;
  }

  putActive(organizationId: string, key: DataKey): void {
    this.put(organizationId, key);
    this.#active.set(organizationId, key.id);
  }

  put(organizationId: string, key: DataKey): void {
    const slot = `${organizationId}/${key.id}`;
    this.#evict(slot);
    if (this.#keys.size >= CAPACITY) {
      const [oldest] = this.#keys.keys();
      this.#evict(oldest ?? slot);
    }
    this.#keys.set(slot, { key, expiresAt: performance.now() + LIFETIME_MS });
    this.#sweep ??= setTimeout(() => {
      this.#dropExpired();
    }, LIFETIME_MS).unref();
  }

  clear(): void {
    for (const slot of this.#keys.keys()) {
      this.#evict(slot);
    }
    if (this.#sweep !== null) {
      clearTimeout(this.#sweep);
      this.#sweep = null;
    }
  }

  #dropExpired(): void {
    this.#sweep = null;
    const now = performance.now();
    for (const [slot, cached] of this.#keys) {
      if (cached.expiresAt > now) {
        this.#sweep = setTimeout(() => {
          this.#dropExpired();
        }, cached.expiresAt - now).unref();
        return;
      }
      this.#evict(slot);
    }
  }

  #evict(slot: string): void {
    const cached = this.#keys.get(slot);
    if (cached === undefined) {
      return;
    }
    cached.key.bytes.fill(0);
    this.#keys.delete(slot);
    const organizationId = slot.slice(0, slot.indexOf("/"));
    if (this.#active.get(organizationId) === cached.key.id) {
      this.#active.delete(organizationId);
    }
  }
}
