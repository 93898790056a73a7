import { randomBytes } from "node:crypto";
import { Refusal, ended } from "./refusal.ts";

/** What one account allowed once: every token that comes from it is of its family. */
export interface Grant {
  readonly id: number;
  readonly scopes: readonly string[];
  readonly userScopes: readonly string[];
  /** Whether it may be renewed without the person. */
  readonly offline: boolean;
  readonly authorizedAt: number;
  revoked: boolean;
  /** How often its tokens were renewed. */
  renewals: number;
}

export interface Code {
  readonly value: string;
  readonly grant: Grant;
  readonly redirectUri: string;
  /** The S256 challenge of RFC 7636; null: none was sent. */
  readonly challenge: string | null;
  readonly endsAt: number;
  used: boolean;
}

export interface AccessToken {
  readonly value: string;
  readonly grant: Grant;
  /** `main`, or another token set's name. */
  readonly set: string;
  /** Null: never. */
  endsAt: number | null;
}

export interface RefreshToken {
  readonly value: string;
  readonly grant: Grant;
  readonly set: string;
  readonly issuedAt: number;
  usedAt: number;
  /** When its successor was handed out; null: it is the one that counts. */
  spentAt: number | null;
}

/** How long what the provider hands out lives, in milliseconds. */
export interface LedgerRules {
  readonly grace: number;
  readonly refreshLifetime: number;
  readonly idleLifetime: number;
  readonly absoluteLifetime: number;
  readonly reuseDetection: boolean;
  readonly endsOldAccess: boolean;
  readonly now: () => number;
}

const CODE_LIFETIME_MS = 60_000;

/** What the provider knows of grants and tokens. */
export class Ledger {
  readonly grants: Grant[] = [];
  /** Spent refresh tokens and codes that were used again. */
  reuses = 0;
  readonly #rules: LedgerRules;
  readonly #codes = new Map<string, Code>();
  readonly #access = new Map<string, AccessToken>();
  readonly #refresh = new Map<string, RefreshToken>();

  constructor(rules: LedgerRules) {
    this.#rules = rules;
  }

  openGrant(given: Pick<Grant, "scopes" | "userScopes" | "offline">): Grant {
    const grant = {
      ...given,
      id: this.grants.length + 1,
      authorizedAt: this.#rules.now(),
      revoked: false,
      renewals: 0,
    };
    this.grants.push(grant);
    return grant;
  }

  issueCode(given: Pick<Code, "grant" | "redirectUri" | "challenge">): string {
    const value = `fake-code-${random()}`;
    this.#codes.set(value, { ...given, value, endsAt: this.#rules.now() + CODE_LIFETIME_MS, used: false });
    return value;
  }

  /** The code, which is spent by this (RFC 6749 §4.1.2: once, and its reuse ends the tokens). */
  spendCode(value: string): Code {
    const code = this.#codes.get(value);
    if (code === undefined) {
      throw new Refusal("invalid_grant", "No such code.");
    }
    if (code.used) {
      throw this.#reused(code.grant, "code");
    }
    code.used = true;
    if (code.endsAt <= this.#rules.now() || code.grant.revoked) {
      throw ended("The code has ended.");
    }
    return code;
  }

  issueAccess(grant: Grant, set: string, endsAt: number | null, value?: string): AccessToken {
    const token = { value: value ?? `fake-access-${set}-${random()}`, grant, set, endsAt };
    this.#access.set(token.value, token);
    return token;
  }

  issueRefresh(grant: Grant, set: string): RefreshToken {
    const value = `fake-refresh-${set}-${random()}`;
    const now = this.#rules.now();
    const token = { value, grant, set, issuedAt: now, usedAt: now, spentAt: null };
    this.#refresh.set(value, token);
    return token;
  }

  /** A refresh token that may be used now. @throws Refusal, and ends its family where it is a reuse */
  useRefresh(value: string): RefreshToken {
    const token = this.#refresh.get(value);
    const now = this.#rules.now();
    if (token === undefined) {
      throw new Refusal("invalid_grant", "No such refresh token.");
    }
    if (token.grant.revoked) {
      throw ended("The grant was revoked.");
    }
    if (token.spentAt !== null && now >= token.spentAt + this.#rules.grace) {
      throw this.#reused(token.grant, "refresh token");
    }
    if (now >= token.usedAt + this.#rules.idleLifetime) {
      throw ended("The refresh token was not used for too long.");
    }
    if (now >= token.issuedAt + this.#rules.refreshLifetime) {
      throw ended("The refresh token has ended.");
    }
    if (now >= token.grant.authorizedAt + this.#rules.absoluteLifetime) {
      throw ended("The grant is too old.");
    }
    token.usedAt = now;
    return token;
  }

  /** After a rotation: the token, and the access tokens before it, live only as long as the grace lasts. */
  spendRefresh(token: RefreshToken): void {
    token.spentAt ??= this.#rules.now();
    const end = this.#rules.now() + this.#rules.grace;
    for (const old of this.#rules.endsOldAccess ? this.#access.values() : []) {
      if (old.grant === token.grant && old.set === token.set) {
        old.endsAt = Math.min(old.endsAt ?? Infinity, end);
      }
    }
  }

  /** The access token when it is good now. */
  liveAccess(value: string): AccessToken | null {
    const token = this.#access.get(value);
    const isLive =
      token !== undefined &&
      !token.grant.revoked &&
      (token.endsAt === null || token.endsAt > this.#rules.now());
    return isLive ? token : null;
  }

  /** The access token of a set that was issued last. */
  newestAccess(grant: Grant, set: string): AccessToken | null {
    const tokens = [...this.#access.values()];
    return tokens.findLast((token) => token.grant === grant && token.set === set) ?? null;
  }

  find(value: string): AccessToken | RefreshToken | null {
    return this.#refresh.get(value) ?? this.#access.get(value) ?? null;
  }

  /** Ends every access token now; refresh tokens stay. */
  endAccess(): void {
    for (const token of this.#access.values()) {
      token.endsAt = Math.min(token.endsAt ?? Infinity, this.#rules.now());
    }
  }

  #reused(grant: Grant, what: string): Refusal {
    this.reuses += 1;
    if (this.#rules.reuseDetection) {
      grant.revoked = true;
    }
    return new Refusal("invalid_grant", `The ${what} was used before.`, { isComplaint: false });
  }
}

function random(): string {
  return randomBytes(18).toString("base64url");
}
