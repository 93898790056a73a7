import { stop } from "esbuild";
import { type Config, SANDBOX_WEAR } from "#runtime/config.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import { SetupError } from "#runtime/errors.ts";
import type { Logger } from "#runtime/log.ts";
import { ConnectionLimits } from "./connection/limits.ts";
import type { Description, Execution, Outcome, SandboxPool } from "./execution.ts";
import { DebugDesk } from "./debug-desk.ts";
import { describeExecution, toDescription } from "./describe.ts";
import { Fleet } from "./fleet.ts";
import { bundleGuest } from "./guest-bundle.ts";
import { SandboxProcess } from "./process.ts";
import { buildSandboxProgram, type SandboxProgram } from "./sandbox-program.ts";
import { Session } from "./session.ts";
import { Suspects } from "./suspects.ts";

/** What the pool is made of. */
export interface PoolParts {
  readonly config: Pick<Config, "sandboxProcesses" | "sandboxLockdown" | "memoryLimitMb"> & {
    /** When processes are replaced. Default: as the settings. */
    readonly sandboxMaxAgeS?: number;
    readonly sandboxIdleMb?: number;
    /** Where a debugger attaches; null: no run can be debugged. */
    readonly inspectPort?: number | null;
  };
  readonly egress: Egress;
  readonly log: Logger;
  /** What its processes run. Default: the sandbox; tests start what a broken one would be. */
  readonly program?: SandboxProgram;
}

/**
 * Starts the sandbox processes of a worker: one warm at first, more as organizations come. Throws a SetupError
 * when a process cannot start, or when the setting requires a lockdown that the kernel refuses.
 */
export async function createSandboxPool({ config, egress, log, program }: PoolParts): Promise<SandboxPool> {
  const settings = {
    program: program ?? (await buildSandboxProgram()),
    prelude: await bundleGuest(),
    memoryMb: config.memoryLimitMb,
    lockdown: config.sandboxLockdown !== "off",
    log,
  };
  // A worker builds nothing else: the compiler's process need not stay.
  await stop();
  const fleet = new Fleet({
    spawn: () => new SandboxProcess(settings),
    limit: config.sandboxProcesses,
    wear: {
      maxAgeMs: (config.sandboxMaxAgeS ?? SANDBOX_WEAR.sandboxMaxAgeS) * 1_000,
      maxIdleBytes: (config.sandboxIdleMb ?? SANDBOX_WEAR.sandboxIdleMb) * 1024 * 1024,
    },
    log,
  });
  const suspects = new Suspects();
  const pace = new ConnectionLimits();
  await checkLockdown(fleet, config.sandboxLockdown, log);

  async function perform(execution: Execution, mode: "run" | "describe", nested = false): Promise<Outcome> {
    const alone = suspects.has(execution.runId);
    const lease = await fleet.lease(execution.organizationId, {
      alone,
      nested,
      memoryMb: execution.limits.memoryMb,
      signal: execution.signal,
    });
    if (lease === null) {
      const usage = { cpuMs: 0, wallMs: 0 };
      return execution.signal.aborted
        ? { status: "cancelled", usage }
        : { status: "lost", reason: "The sandbox pool is closed.", usage };
    }
    const session = new Session(execution, lease.process, {
      egress,
      mode,
      pace,
      calls: lease.process.calls,
      execute: async (inner) => perform(inner, "run", true),
      poison: () => {
        lease.poison();
      },
    });
    session.start();
    const outcome = await session.outcome;
    lease.release();
    suspects.learn(execution.runId, outcome);
    return outcome;
  }

  const debugging = new DebugDesk({
    prelude: settings.prelude,
    port: config.inspectPort ?? null,
    egress,
    pace,
    log,
    perform,
  });

  return {
    execute: async (execution) =>
      execution.inspect === true ? await debugging.execute(execution) : await perform(execution, "run"),
    describe: async (request): Promise<Description> => {
      const execution = describeExecution(request, config.memoryLimitMb);
      return toDescription(await perform(execution, "describe"));
    },
    processes: () => fleet.processes(),
    close: async () => {
      debugging.close();
      await fleet.close();
    },
  };
}

/** One loud line when the kernel refuses; the end of the start when the setting requires it. */
async function checkLockdown(fleet: Fleet, setting: Config["sandboxLockdown"], log: Logger): Promise<void> {
  try {
    const lockdown = await fleet.warmUp();
    const complete = lockdown.permission && lockdown.noNewPrivileges && lockdown.seccomp && lockdown.landlock;
    if (setting === "off") {
      log.warn("The sandbox lockdown is switched off (TENON_SANDBOX_LOCKDOWN=off): for development only.");
    } else if (!complete) {
      const words = `The sandbox processes are not fully locked down: ${lockdown.problems.join("; ")}.`;
      if (setting === "required" || !lockdown.permission) {
        throw new SetupError(`${words} TENON_SANDBOX_LOCKDOWN=required asks for all of it.`);
      }
      log.warn(
        { lockdown },
        `${words} Whoever escapes an isolate can do more here than on a kernel that allows it.`,
      );
    }
  } catch (error) {
    await fleet.close();
    throw error;
  }
}
