import { refuse } from "./not-available.ts";

/** Long enough for packages that compare it, and without `versions.node`: this is not Node. */
const VERSION = "v26.0.0";
const started = Date.now();

function nextTick(callback: (...values: unknown[]) => void, ...values: unknown[]): void {
  queueMicrotask(() => {
    callback(...values);
  });
}

function hrtime(since: readonly [number, number] = [0, 0]): [number, number] {
  const now = performance.now();
  const seconds = Math.floor(now / 1_000) - since[0];
  const nanoseconds = Math.floor((now % 1_000) * 1e6) - since[1];
  return nanoseconds < 0 ? [seconds - 1, nanoseconds + 1e9] : [seconds, nanoseconds];
}
hrtime.bigint = (): bigint => BigInt(Math.floor(performance.now() * 1e6));

const stream = (write: (text: string) => void) => ({
  isTTY: false,
  columns: 80,
  write: (text: unknown): boolean => {
    write(String(text).replace(/\n$/, ""));
    return true;
  },
});

/** There are no events of a process here: listening to them is harmless. */
function listen(this: unknown): unknown {
  return this;
}

/** `process`: plain facts, and no power. */
export const exported = {
  title: "tenon",
  version: VERSION,
  versions: {},
  release: { name: "tenon" },
  platform: "linux",
  arch: "x64",
  browser: true,
  pid: 1,
  ppid: 0,
  argv: [],
  argv0: "",
  execArgv: [],
  execPath: "",
  exitCode: undefined,
  features: {},
  config: {},
  env: Object.freeze({}),
  cwd: (): string => "/",
  umask: (): number => 0o22,
  uptime: (): number => (Date.now() - started) / 1_000,
  nextTick,
  hrtime,
  memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
  cpuUsage: () => ({ user: 0, system: 0 }),
  emitWarning: (warning: unknown): void => {
    console.warn(warning instanceof Error ? warning.message : String(warning));
  },
  stdout: stream((text) => {
    console.log(text);
  }),
  stderr: stream((text) => {
    console.error(text);
  }),
  on: listen,
  once: listen,
  off: listen,
  addListener: listen,
  removeListener: listen,
  removeAllListeners: listen,
  prependListener: listen,
  setMaxListeners: listen,
  emit: (): boolean => false,
  listeners: (): unknown[] => [],
  listenerCount: (): number => 0,
  exit: refuse("process.exit", "return from it, or throw."),
  chdir: refuse("process.chdir", "it has no files."),
  binding: refuse("process.binding", "there is no Node.js underneath."),
};
