import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "#runtime/db/connect.ts";
import { asSystem } from "#runtime/db/tenant.ts";
import { TenonError } from "#runtime/errors.ts";
import { createKeyring } from "./keyring.ts";
import { reseal } from "./reseal.ts";
import type { Reseal } from "./reseal.ts";
import { deleteRetiredKeys, renewKey } from "./renew-key.ts";
import { masterKeys } from "./wrap.ts";

/** Processes cache an active key for a minute; this long after it was retired none seals under it any more. */
const SETTLE_MS = 75_000;

export interface RotateParts {
  readonly database: Database;
  readonly masterKey: Buffer;
  readonly previousMasterKey: Buffer | null;
}

export interface RotateOptions {
  /** Aborting it stops the rotation after the batch under way; the next rotation goes on there. */
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Values per transaction. Default 100. */
  readonly batchSize?: number;
  /** How long after a key was retired other processes may still seal under it, in milliseconds. */
  readonly settleMs?: number;
}

/** What a rotation did. */
export interface RotateReport {
  readonly organizations: number;
  /** Organizations that got a new data key; the others had a rotation under way, which was finished. */
  readonly newKeys: number;
  /** Data keys wrapped anew under the current master key. */
  readonly rewrappedKeys: number;
  readonly resealedValues: number;
  /** Old data keys that nothing refers to any more, deleted an hour after they were retired. */
  readonly deletedKeys: number;
  /** Values that do not open; they stay as they are, and so does their data key. */
  readonly unreadableValues: number;
  readonly interrupted: boolean;
}

/**
 * Rotates the keys of the whole installation while it runs: wraps every data key under the current master key,
 * gives each organization a new data key and seals every value anew under it.
 *
 * It can be killed and started again at any point. An organization that still has a retired data key is in the
 * middle of a rotation, and that one is finished before another is begun. Values are replaced by compare-and-set,
 * so a concurrent write is never lost.
 */
export async function rotate(parts: RotateParts, options: RotateOptions): Promise<RotateReport> {
  const rotation = new Rotation(parts, options);
  try {
    await rotation.run();
  } finally {
    rotation.forgetKeys();
  }
  return rotation.report();
}

class Rotation {
  readonly #parts: RotateParts;
  readonly #options: RotateOptions;
  readonly #keyring;
  #organizations = 0;
  #newKeys = 0;
  #rewrappedKeys = 0;
  #deletedKeys = 0;
  #resealedValues = 0;
  readonly #unreadable = new Map<string, number>();
  #interrupted = false;
  /** Organizations whose old key may still be in other processes' caches, and until when (performance.now). */
  readonly #settling = new Map<string, number>();

  constructor(parts: RotateParts, options: RotateOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#keyring = createKeyring(parts);
  }

  async run(): Promise<void> {
    const rows = await asSystem(this.#parts.database)<{ organizationId: string }[]>`
      select organization_id from organizations order by organization_id`;
    for (const [index, { organizationId }] of rows.entries()) {
      if (this.#options.signal.aborted) {
        this.#interrupted = true;
        return;
      }
      this.#options.onProgress(
        `organization ${organizationId} (${String(index + 1)} of ${String(rows.length)})`,
      );
      await this.#organization(organizationId);
    }
    await this.#settle();
  }

  forgetKeys(): void {
    this.#keyring.clear();
  }

  report(): RotateReport {
    return {
      organizations: this.#organizations,
      newKeys: this.#newKeys,
      rewrappedKeys: this.#rewrappedKeys,
      resealedValues: this.#resealedValues,
      deletedKeys: this.#deletedKeys,
      unreadableValues: [...this.#unreadable.values()].reduce((sum, count) => sum + count, 0),
      interrupted: this.#interrupted,
    };
  }

  async #organization(organizationId: string): Promise<void> {
    const { database } = this.#parts;
    const masters = masterKeys(this.#parts.masterKey, this.#parts.previousMasterKey);
    this.#deletedKeys += await deleteRetiredKeys(database, organizationId);
    const renewed = await renewKey(database, organizationId, masters);
    if (renewed === null) {
      return;
    }
    this.#organizations += 1;
    this.#newKeys += renewed.made ? 1 : 0;
    this.#rewrappedKeys += renewed.rewrapped;
    const settleMs = this.#options.settleMs ?? SETTLE_MS;
    if (renewed.sinceRetiredMs < settleMs) {
      this.#settling.set(organizationId, performance.now() + settleMs - renewed.sinceRetiredMs);
    }
    await this.#resealAll(organizationId, renewed.activeKeyId);
    this.#deletedKeys += await deleteRetiredKeys(database, organizationId);
  }

  async #resealAll(organizationId: string, activeKeyId: string): Promise<void> {
    const done: Reseal = await reseal(
      { database: this.#parts.database, keyring: this.#keyring },
      { organizationId, activeKeyId, batchSize: this.#options.batchSize ?? 100 },
      this.#options,
    );
    this.#resealedValues += done.resealed;
    this.#unreadable.set(organizationId, done.unreadable);
    this.#interrupted ||= done.interrupted;
    if (done.superseded) {
      throw new TenonError(
        "TENON_CONFLICT",
        "passing",
        409,
        "Another rotation has replaced the data key that this one was sealing under. Run it again when the other is done.",
      );
    }
  }

  /** Goes over the fresh rotations once more when no process can seal under their old keys any longer. */
  async #settle(): Promise<void> {
    if (this.#interrupted || this.#settling.size === 0) {
      return;
    }
    const waitMs = Math.max(...this.#settling.values()) - performance.now();
    if (waitMs > 0) {
      const seconds = String(Math.ceil(waitMs / 1_000));
      this.#options.onProgress(
        `waiting ${seconds} s for processes that may still seal under an old key, then a last look`,
      );
      await delay(waitMs, undefined, { signal: this.#options.signal }).catch(() => {
        this.#interrupted = true;
      });
    }
    const masters = masterKeys(this.#parts.masterKey, this.#parts.previousMasterKey);
    for (const organizationId of this.#interrupted ? [] : this.#settling.keys()) {
      const renewed = await renewKey(this.#parts.database, organizationId, masters);
      if (renewed !== null) {
        await this.#resealAll(organizationId, renewed.activeKeyId);
      }
    }
  }
}
