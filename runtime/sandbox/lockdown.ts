import {
  type Call,
  check,
  connectKernel,
  installFilter,
  knownArch,
  PR_SET_NO_NEW_PRIVS,
  PR_SET_PDEATHSIG,
  prctl,
  words,
} from "./kernel.ts";
import { seccompFilter } from "./seccomp-filter.ts";

/** What this process gave up; `problems` says why something is missing. */
export interface Lockdown {
  readonly permission: boolean;
  readonly noNewPrivileges: boolean;
  readonly seccomp: boolean;
  readonly landlock: boolean;
  readonly problems: string[];
}

const SIGKILL = 9;
const LANDLOCK_CREATE_RULESET = 444;
const LANDLOCK_RESTRICT_SELF = 446;
const LANDLOCK_VERSION = 1;
/** How many rights over files each landlock version knows, from version 1 on. */
const LANDLOCK_FILE_RIGHTS = [13, 14, 15, 15, 16] as const;
const LANDLOCK_PORTS_SINCE = 4;
const LANDLOCK_SCOPES_SINCE = 6;

/**
 * Gives up, for good and before the first isolate exists, what this process could still do beyond computing:
 * reading files (Node's permission model), gaining privileges, and every system call that `syscalls.ts` does
 * not list. Each step is tried by itself; the worker decides whether less than all of them is enough.
 */
export function lockDown(options: { readonly withoutRing: boolean }): Lockdown {
  const problems: string[] = [];
  const attempt = (what: string, step: () => void): boolean => {
    try {
      step();
      return true;
    } catch (error) {
      problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  };
  const permission = attempt("permission model", dropFileReads);
  const nothing = { permission, noNewPrivileges: false, seccomp: false, landlock: false, problems };
  if (process.platform !== "linux") {
    problems.push(`kernel: seccomp and landlock exist on Linux only, this is ${process.platform}`);
    return nothing;
  }
  let kernel: Call | null = null;
  attempt("ffi", () => {
    kernel = connectKernel();
  });
  return kernel === null ? nothing : { ...nothing, ...lockKernel(kernel, options.withoutRing, attempt) };
}

function lockKernel(
  call: Call,
  withoutRing: boolean,
  attempt: (what: string, step: () => void) => boolean,
): Pick<Lockdown, "noNewPrivileges" | "seccomp" | "landlock"> {
  const noNewPrivileges = attempt("no_new_privs", () => {
    prctl(call, PR_SET_NO_NEW_PRIVS, 1);
  });
  attempt("parent death signal", () => {
    prctl(call, PR_SET_PDEATHSIG, SIGKILL);
  });
  const landlock = attempt("landlock", () => {
    applyLandlock(call);
  });
  const seccomp = attempt("seccomp", () => {
    if (!withoutRing) {
      throw new Error("the first stage could not forbid io_uring");
    }
    installFilter(call, seccompFilter(knownArch(), process.pid));
  });
  return { noNewPrivileges, seccomp, landlock };
}

function dropFileReads(): void {
  if (!process.execArgv.includes("--permission")) {
    throw new Error("started without --permission");
  }
  process.permission.drop("fs.read");
  for (const scope of ["fs.read", "fs.write", "child", "worker", "net"]) {
    if (process.permission.has(scope)) {
      throw new Error(`${scope} is still granted`);
    }
  }
}

/** Denies every file and, where this kernel can, TCP ports, signals and abstract sockets: this thread and its children. */
function applyLandlock(call: Call): void {
  const version = check(call(LANDLOCK_CREATE_RULESET, 0, 0, LANDLOCK_VERSION), "landlock_create_ruleset");
  const rights = LANDLOCK_FILE_RIGHTS[Math.min(version, LANDLOCK_FILE_RIGHTS.length) - 1] ?? 13;
  const attributes = [(1n << BigInt(rights)) - 1n];
  if (version >= LANDLOCK_PORTS_SINCE) {
    attributes.push(0b11n);
  }
  if (version >= LANDLOCK_SCOPES_SINCE) {
    attributes.push(0b11n);
  }
  const ruleset = check(
    call(LANDLOCK_CREATE_RULESET, words(...attributes), attributes.length * 8),
    "landlock_create_ruleset",
  );
  check(call(LANDLOCK_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self");
}
