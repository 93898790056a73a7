import type { Tier } from "./ctx.ts";

/** One page of a list, newest first. */
export interface Page<Item> {
  readonly data: readonly Item[];
  /** Send it as `cursor` for the next page; `null` on the last one. */
  readonly nextCursor: string | null;
}

/** What every list accepts. */
export interface PageQuery {
  /** Items per page: 1 to 100, default 50. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** A resource named in another one. */
export interface Mention {
  readonly id: string;
  readonly slug: string;
}

/** The account that owns everything else. */
export interface Organization {
  readonly id: string;
  /** What people read on connect pages. */
  readonly name: string;
  readonly createdAt: string;
}

/** An environment: its own variables, secrets and deployments. */
export interface Environment extends Mention {
  readonly name: string;
  readonly production: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A named plain value of an environment. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What is known of a secret. Its value never leaves the server. */
export interface Secret {
  readonly id: string;
  readonly environment: Mention;
  readonly name: string;
  readonly customer: Mention | null;
  /** Where the value may travel: `api.example.com`, `*.example.com`. */
  readonly hosts: readonly string[];
  /** Whether workflows that ask for it may read the plaintext. */
  readonly reveal: boolean;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** What the person who stores it should know, as that it has no hosts. */
  readonly warnings: readonly string[];
}

/** A tenant of the organization. */
export interface Customer extends Mention {
  readonly name: string;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly status: "active" | "suspended";
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What can be said of a customer. */
export interface CustomerFields {
  readonly name?: string;
  /** What your own product calls it. */
  readonly externalId?: string | null;
  /** Plain facts, visible to workflows as `ctx.customer.metadata`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly status?: "active" | "suspended";
}

/** An API key without the key. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly kind: "test" | "live";
  /** Enough of the key to recognize it. */
  readonly preview: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
  readonly createdAt: string;
}

/** Who a key is. */
export interface CurrentKey {
  readonly organization: { readonly id: string; readonly name: string };
  readonly key: ApiKey;
}

/** A workflow: the unit of code, whatever its versions. */
export interface WorkflowResource extends Mention {
  readonly name: string;
  readonly description: string;
  /** An inactive workflow accepts no triggers. */
  readonly status: "active" | "inactive";
  /** Number of the newest version; `null` before the first. */
  readonly latestVersion: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a version declares, checked when it was published. Durations are milliseconds. */
export interface VersionManifest {
  readonly slug?: string;
  readonly tier: Tier;
  readonly timeout: number;
  /** Absent, in versions of older releases, means `"fresh"`. */
  readonly isolation?: "fresh" | "warm";
  readonly needs: {
    readonly secrets: Readonly<Record<string, { readonly reveal: boolean }>>;
    readonly variables: Readonly<Record<string, object>>;
    /** Absent in versions of releases before connections. */
    readonly connections?: Readonly<
      Record<
        string,
        {
          readonly connector: string;
          readonly owner?: "customer" | "organization";
          readonly optional: boolean;
        }
      >
    >;
    readonly egress: readonly string[];
  };
  readonly retry: {
    readonly maxAttempts: number;
    readonly initialInterval: number;
    readonly backoffCoefficient: number;
    readonly maxInterval: number;
  };
  /** JSON Schema of the input; `null` accepts any JSON. */
  readonly input: Readonly<Record<string, unknown>> | null;
}

/** An immutable published snapshot of a workflow, as lists show it. */
export interface VersionSummary {
  readonly id: string;
  readonly workflow: Mention;
  readonly number: number;
  /** SHA-256 of the built code. */
  readonly hash: string;
  readonly tier: Tier;
  /** Id of the API key that published it. */
  readonly createdBy: string | null;
  readonly createdAt: string;
}

/** An immutable published snapshot of a workflow. */
export interface Version extends VersionSummary {
  readonly manifest: VersionManifest;
  /** With `include: "source"`; `null` for bundles. */
  readonly source?: string | null;
}

/** A version live, or once live, in an environment. */
export interface Deployment {
  readonly id: string;
  readonly workflow: Mention;
  readonly environment: Mention;
  /** Number of the version. */
  readonly version: number;
  readonly live: boolean;
  /** Id of the API key that deployed it. */
  readonly createdBy: string | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/** Where a run is in its life. The last four are final. */
export type RunStatus = "queued" | "running" | "completed" | "failed" | "timeout" | "cancelled";

/** Why a run or an attempt failed, with positions in the author's own files. */
export interface RunFailure {
  /** `TENON_…`; `TENON_USER_ERROR` for what the workflow's code threw. */
  readonly code: string;
  /** With `TENON_FETCH_FAILED`, what the network said: `ECONNREFUSED`, `ENOTFOUND`, `CERT_HAS_EXPIRED`, … */
  readonly reason?: string;
  readonly name: string;
  readonly message: string;
  readonly stack?: string | null;
  readonly location?: { readonly file: string; readonly line: number; readonly column: number } | null;
  readonly cause?: RunFailure | null;
  /** What stood side by side in an AggregateError or SuppressedError: the first five. */
  readonly errors?: readonly RunFailure[];
}

/** One execution of a version, as lists show it. */
export interface RunSummary {
  readonly id: string;
  readonly workflow: Mention;
  readonly environment: Mention;
  readonly customer: Mention | null;
  /** Number of the version. */
  readonly version: number;
  readonly tier: Tier;
  readonly status: RunStatus;
  readonly trigger: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly error: RunFailure | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly cancelRequested: boolean;
}

/** One execution of a version. */
export interface Run extends RunSummary {
  readonly input: unknown;
  /** What the workflow returned; `null` until it completed. */
  readonly result: unknown;
}

/** One try of a run. */
export interface Attempt {
  readonly number: number;
  readonly status: "running" | "completed" | "failed" | "timeout" | "cancelled" | "lost";
  readonly error: RunFailure | null;
  readonly cpuMs: number | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/** One line of a run's log. */
export interface LogLine {
  /** `<attempt>-<line>` */
  readonly id: string;
  readonly attempt: number;
  readonly line: number;
  readonly at: string;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly data: unknown;
}

/** What a run's event stream says. `end` is the last, when the run has finished and every line was sent. */
export type RunEvent =
  | { readonly type: "status"; readonly status: RunStatus }
  | { readonly type: "log"; readonly log: LogLine }
  | { readonly type: "end"; readonly run: Run };

/** One entry of the audit log. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: { readonly type: "api_key" | "run" | "system"; readonly id: string | null };
  /** As in `secret.create`. */
  readonly action: string;
  readonly resource: { readonly type: string; readonly id: string | null };
  readonly outcome: "success" | "denied" | "failed";
  readonly sourceAddress: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}
