import { bundleGuest } from "#runtime/host/guest-bundle.ts";
import { buildSandboxProgram } from "#runtime/host/sandbox-program.ts";
import { type RunListener, SandboxProcess } from "#runtime/host/process.ts";
import { contentHash } from "#runtime/ids.ts";
import { createLogger } from "#runtime/log.ts";
import type { FromSandbox, SandboxEnd } from "#runtime/sandbox/wire.ts";

const MEMORY_MB = 128;

/** How a run in the process ended, as its frames say. */
export interface EndedRun {
  /** The process's number for it. */
  readonly run: number;
  readonly end: SandboxEnd;
  /** Its last word: `d` and the result's JSON, or `f` and the error's; empty without one. */
  readonly word: string;
  /** All that it posted, the last word too. */
  readonly texts: readonly string[];
  /** Runs that its isolate had served before. */
  readonly served: number;
  readonly cpuMs: number;
}

/** A run that is told to the process. */
export interface RunRequest {
  /** Text of the default export. */
  readonly code: string;
  readonly warm: string | null;
  readonly input?: unknown;
  readonly memoryMb?: number;
  /** What each posted text is answered with; nothing by default. */
  readonly answer?: (text: string, run: number) => string | null;
}

/** A sandbox process without a worker around it: what it is told and what it says. */
export interface BareProcess {
  readonly process: SandboxProcess;
  readonly run: (request: RunRequest) => Promise<EndedRun>;
}

/** Starts one, warm and locked down as always. */
export async function startProcess(): Promise<BareProcess> {
  const process = new SandboxProcess({
    program: await buildSandboxProgram(),
    prelude: await bundleGuest(),
    memoryMb: MEMORY_MB,
    lockdown: true,
    log: createLogger("test", "silent"),
  });
  await process.lockdown;
  return { process, run: async (request) => runIn(process, request) };
}

async function runIn(process: SandboxProcess, request: RunRequest): Promise<EndedRun> {
  const { promise, resolve, reject } = Promise.withResolvers<EndedRun>();
  const { code, warm, input = null, memoryMb = MEMORY_MB, answer = () => null } = request;
  const text = `var __tenonWorkflow=(()=>{return{default:${code}}})();`;
  const texts: string[] = [];
  const listener: RunListener = {
    memoryMb,
    frame: (frame: Extract<FromSandbox, { run: number }>) => {
      if (frame.type === "stuck") {
        return;
      }
      texts.push(...frame.texts);
      if (frame.type === "ended") {
        process.release(run);
        const { end, cpuMs, served = 0 } = frame;
        const word = texts.findLast((one) => one.startsWith("d") || one.startsWith("f")) ?? "";
        resolve({ run, end, word, texts, served, cpuMs });
        return;
      }
      for (const reply of frame.texts.map((one) => answer(one, run))) {
        if (reply !== null) {
          process.send({ type: "deliver", run, text: reply });
        }
      }
    },
    died: (death) => {
      reject(new Error(`The process died: ${death}.`));
    },
  };
  const limits = { memoryMb, cpuSliceMs: 2_000, cpuTotalMs: 5_000 };
  const run = process.start(
    listener,
    { hash: contentHash(text), payload: payloadOf(input), warm, ...limits },
    text,
  );
  return await promise;
}

/** What a guest is told of a run with that input. */
export function payloadOf(input: unknown): string {
  return `s${JSON.stringify({
    mode: "run",
    role: "workflow",
    handler: null,
    input: JSON.stringify(input),
    headers: {},
    facts: { run: {}, environment: {}, customer: null },
    variables: {},
    secrets: {},
    connections: {},
    seed: Buffer.alloc(32, 7).toString("base64"),
    limits: { resultBytes: 100_000, bodyBytes: 100_000, logLines: 10, logBytes: 10_000, logLineBytes: 1_000 },
  })}`;
}
