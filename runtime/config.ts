import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { SetupError } from "./errors.ts";

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;

/** A whole number as text; anything else is answered with the range. */
const wholeNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${String(min)} to ${String(max)}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
};
const oneOf = <const Choices extends readonly [string, ...string[]]>(choices: Choices) =>
  z.enum(choices, `must be one of ${choices.join(", ")}`);
const url = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
  });
const masterKey = z
  .string()
  .refine((text) => Buffer.from(text, "base64").length === 32, "must be 32 bytes in base64")
  .transform((text) => Buffer.from(text, "base64"));
const cidrs = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  )
  .refine((list) => list.every((cidr) => ipaddr.isValidCIDR(cidr)), {
    error: "must be CIDRs separated by commas, as in 127.0.0.0/8,10.1.0.0/16",
  });

/** When sandbox processes are replaced, unless the settings say otherwise. */
export const SANDBOX_WEAR = { sandboxMaxAgeS: 3_600, sandboxIdleMb: 384 } as const;

const settings = z.object({
  PORT: wholeNumber(0, 65_535).default(3000),
  TENON_HOST: z.string().min(1).default("127.0.0.1"),
  TENON_PUBLIC_URL: url(["http:", "https:"]).optional(),
  TENON_DATA_DIR: z.string().min(1).default(".tenon"),
  DATABASE_URL: url(["postgres:", "postgresql:"]).optional(),
  REDIS_URL: url(["redis:", "rediss:"]).optional(),
  TENON_MASTER_KEY: masterKey.optional(),
  TENON_MASTER_KEY_PREVIOUS: masterKey.optional(),
  TENON_EGRESS_ALLOW: cidrs.default([]),
  TENON_OAUTH_APPS: z.string().min(1).optional(),
  TENON_LOG_LEVEL: oneOf(LOG_LEVELS).default("info"),
  TENON_RATE_LIMIT: wholeNumber(0, 1_000_000).default(6_000),
  TENON_WORKER_CONCURRENCY: wholeNumber(1, 1000).default(32),
  TENON_SANDBOX_PROCESSES: wholeNumber(1, 256).default(Math.max(2, availableParallelism())),
  TENON_SANDBOX_LOCKDOWN: oneOf(["auto", "required", "off"]).default("auto"),
  TENON_SANDBOX_MAX_AGE_S: wholeNumber(1, 604_800).default(SANDBOX_WEAR.sandboxMaxAgeS),
  TENON_SANDBOX_IDLE_MB: wholeNumber(64, 65_536).default(SANDBOX_WEAR.sandboxIdleMb),
  TENON_HEARTBEAT_FILE: z.string().min(1).optional(),
  TENON_MEMORY_LIMIT_MB: wholeNumber(8, 4096).default(128),
  TENON_CPU_SLICE_MS: wholeNumber(10, 600_000).default(10_000),
  TENON_INSPECT: wholeNumber(1, 65_535).optional(),
  /** Set by `npm start` for its services: their DATABASE_URL is the embedded one. */
  TENON_EMBEDDED: z.literal("1", "is set by npm start only").optional(),
});

/** Every setting of a process: read once, checked, frozen, passed in. */
export interface Config {
  /** TCP port of the API; 0 takes a free one. Default 3000. */
  readonly port: number;
  /** Address that the API listens on. Default 127.0.0.1; 0.0.0.0 behind a proxy or in a container. */
  readonly host: string;
  /** Where people reach this installation, without a trailing slash; null: derived from host and port. */
  readonly publicUrl: string | null;
  /** Absolute path of the data directory (embedded database, generated keys). */
  readonly dataDir: string;
  /** Null: the embedded database. */
  readonly databaseUrl: string | null;
  /** Null: BullMQ on the same PostgreSQL. */
  readonly redisUrl: string | null;
  /** 32 bytes that wrap every organization's data key. */
  readonly masterKey: Buffer;
  /** The master key before a rotation: opens, never seals. */
  readonly previousMasterKey: Buffer | null;
  /** Networks that egress reaches although they are private, for local development. */
  readonly egressAllow: readonly string[];
  /** A JSON file with OAuth apps that the operator offers to every organization; null: none. */
  readonly oauthAppsFile: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Requests per minute that one API key may send to one API process; 0: no limit. Default 6000. */
  readonly rateLimitPerMinute: number;
  /** Runs that one worker executes at the same time. */
  readonly workerConcurrency: number;
  /** Sandbox processes of one worker at the most. */
  readonly sandboxProcesses: number;
  /** `auto`: seccomp and landlock where the kernel allows, one warning where not; `required`: refuse to start without. */
  readonly sandboxLockdown: "auto" | "required" | "off";
  /** Seconds that one sandbox process serves: then it takes no more runs, and is replaced when its last one has ended. */
  readonly sandboxMaxAgeS: number;
  /** What a sandbox process may hold besides the memory of its runs, in MB: more, and it is replaced. */
  readonly sandboxIdleMb: number;
  /** A file that a worker touches every 10 s while it works, for a container's health check; null: none. */
  readonly heartbeatFile: string | null;
  /** Heap of one isolate, in MB. */
  readonly memoryLimitMb: number;
  /** CPU time of one slice between host calls, in milliseconds. */
  readonly cpuSliceMs: number;
  /** Port on loopback where debuggers attach to runs, on an author's own machine only; null: no run can be debugged. */
  readonly inspectPort: number | null;
}

/** Reads and checks the environment. A bad setting throws one line that names it. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SetupError(
      `The setting ${String(issue?.path[0])} is wrong: ${issue?.message ?? "unreadable"}.`,
    );
  }
  const values = parsed.data;
  const dataDir = path.resolve(values.TENON_DATA_DIR);
  if (values.DATABASE_URL !== undefined && values.TENON_MASTER_KEY === undefined) {
    throw new SetupError(
      "The setting TENON_MASTER_KEY is missing: with DATABASE_URL every process needs the same key (openssl rand -base64 32).",
    );
  }
  if (values.TENON_INSPECT !== undefined && !isOwnMachine(values)) {
    throw new SetupError(
      "The setting TENON_INSPECT is for npm start on the author's own machine: runs that are debugged leave the sandbox. Remove it, or DATABASE_URL and TENON_HOST.",
    );
  }
  return Object.freeze({
    port: values.PORT,
    host: values.TENON_HOST,
    publicUrl: values.TENON_PUBLIC_URL?.replace(/\/+$/, "") ?? null,
    dataDir,
    databaseUrl: values.DATABASE_URL ?? null,
    redisUrl: values.REDIS_URL ?? null,
    masterKey: values.TENON_MASTER_KEY ?? generatedMasterKey(dataDir),
    previousMasterKey: values.TENON_MASTER_KEY_PREVIOUS ?? null,
    egressAllow: Object.freeze(values.TENON_EGRESS_ALLOW),
    oauthAppsFile: values.TENON_OAUTH_APPS === undefined ? null : path.resolve(values.TENON_OAUTH_APPS),
    logLevel: values.TENON_LOG_LEVEL,
    rateLimitPerMinute: values.TENON_RATE_LIMIT,
    workerConcurrency: values.TENON_WORKER_CONCURRENCY,
    sandboxProcesses: values.TENON_SANDBOX_PROCESSES,
    sandboxLockdown: values.TENON_SANDBOX_LOCKDOWN,
    sandboxMaxAgeS: values.TENON_SANDBOX_MAX_AGE_S,
    sandboxIdleMb: values.TENON_SANDBOX_IDLE_MB,
    heartbeatFile: values.TENON_HEARTBEAT_FILE ?? null,
    memoryLimitMb: values.TENON_MEMORY_LIMIT_MB,
    cpuSliceMs: values.TENON_CPU_SLICE_MS,
    inspectPort: values.TENON_INSPECT ?? null,
  });
}

/** Started by `npm start` with the embedded database, and heard by nobody else. */
function isOwnMachine({ DATABASE_URL, TENON_EMBEDDED, TENON_HOST: host }: z.infer<typeof settings>): boolean {
  const isLoopback =
    host === "localhost" || (ipaddr.isValid(host) && ipaddr.parse(host).range() === "loopback");
  return isLoopback && (DATABASE_URL === undefined || TENON_EMBEDDED !== undefined);
}

/** The embedded installation's master key: made once, readable by its owner only. */
function generatedMasterKey(dataDir: string): Buffer {
  const file = path.join(dataDir, "master.key");
  try {
    makeFolder(dataDir);
    // `wx` makes creation the lock: of two first starts, one writes and the other reads.
    writeFileSync(file, `${randomBytes(32).toString("base64")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new SetupError(
        `The data directory ${dataDir} cannot be written; set TENON_DATA_DIR to one that can.`,
        {
          cause: error,
        },
      );
    }
  }
  const key = Buffer.from(readFileSync(file, "utf8").trim(), "base64");
  if (key.length !== 32) {
    throw new SetupError(
      `The master key in ${file} is damaged: it must be 32 bytes in base64. Restore it from a backup.`,
    );
  }
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new SetupError(`The master key ${file} is readable by others; run: chmod 600 ${file}`);
  }
  return key;
}

/** Makes a folder and those above it. (Node's own `recursive` never ends below /proc.) */
function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    return;
  }
  makeFolder(path.dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}
