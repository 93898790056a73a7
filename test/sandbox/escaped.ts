import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { Worker } from "node:worker_threads";
import koffi from "koffi";
import { lockDown } from "../../runtime/sandbox/lockdown.ts";

/**
 * Not a test: what `lockdown.test.ts` starts with the very flags of a sandbox process. It locks itself down as
 * the product does and then acts as code that escaped its isolate, with Node's API and with system calls of its own.
 */
const own = process.argv[1] ?? "";
const call = koffi.load(null).func("long syscall(long, long, long, long, long, long)") as (
  ...values: readonly (number | bigint)[]
) => number;
const path = koffi.alloc("char", 32);
koffi.encode(path, "char", [...Buffer.from("/etc/passwd\0")], 12);
const lockdown = lockDown({ withoutRing: process.argv.includes("--without-ring") });

const outcomes: Record<string, string> = {};
async function attempt(name: string, act: () => unknown): Promise<void> {
  try {
    const value = await act();
    outcomes[name] = `allowed: ${String(value)}`;
  } catch (error) {
    outcomes[name] = `refused: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
  }
}

/** The system call itself, past everything that Node would check. */
function raw(x64: number, arm64: number, ...values: readonly (number | bigint)[]): () => string {
  return () => {
    const [first = 0, second = 0, third = 0] = values;
    const result = call(process.arch === "arm64" ? arm64 : x64, first, second, third, 0, 0);
    if (result === -1) {
      throw Object.assign(new Error("refused"), { code: `errno ${String(koffi.errno())}` });
    }
    return String(result);
  };
}

const AT_FDCWD = -100;
const address = koffi.address(path);
void (async () => {
  await attempt("read a file", () => readFileSync("/etc/passwd", "utf8").length);
  await attempt("read own code", () => readFileSync(own, "utf8").length);
  await attempt("write a file", () => {
    writeFileSync("/tmp/escaped", "x");
  });
  await attempt("start a process", () => {
    const { error } = spawnSync("/bin/true");
    if (error !== undefined) {
      throw error;
    }
  });
  await attempt("start a worker", () => new Worker("1", { eval: true }));
  await attempt("kill the parent", () => process.kill(process.ppid, 0));
  await attempt("connect", async () => {
    const socket = net.connect(1, "127.0.0.1");
    await new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
  });
  await attempt("syscall openat", raw(257, 56, AT_FDCWD, address, 0));
  await attempt("syscall openat2", raw(437, 437, AT_FDCWD, address, address));
  await attempt("syscall execve", raw(59, 221, address, 0, 0));
  await attempt("syscall socket", raw(41, 198, 2, 1, 0));
  await attempt("syscall connect", raw(42, 203, 3, address, 16));
  await attempt("syscall clone", raw(56, 220, 17, 0, 0));
  await attempt("syscall clone3", raw(435, 435, address, 88, 0));
  await attempt("syscall kill", raw(62, 129, process.ppid, 0, 0));
  // Input on a descriptor can be told by any signal to any process of the same user: no kill is called.
  await attempt("syscall fcntl F_SETOWN of the parent", raw(72, 25, 3, 8, process.ppid));
  await attempt("syscall fcntl F_SETOWN_EX", raw(72, 25, 3, 15, address));
  await attempt("syscall fcntl F_SETSIG", raw(72, 25, 3, 10, 9));
  await attempt("syscall ptrace", raw(101, 117, 16, process.ppid, 0));
  await attempt("syscall process_vm_readv", raw(310, 270, process.ppid, address, 1));
  await attempt("syscall io_uring_setup", raw(425, 425, 8, address, 0));
  await attempt("syscall bpf", raw(321, 280, 0, address, 32));
  await attempt("syscall memfd_create", raw(319, 279, address, 0, 0));
  await attempt("syscall mount", raw(165, 40, address, address, address));
  await attempt("syscall unlinkat", raw(263, 35, AT_FDCWD, address, 0));
  await attempt("syscall prlimit64 of the parent", raw(302, 261, process.ppid, 7, 0));
  await attempt("syscall prctl PR_SET_DUMPABLE", raw(157, 167, 4, 1, 0));

  const channel = new net.Socket({ fd: 3 });
  channel.end(JSON.stringify({ lockdown, environment: Object.keys(process.env), outcomes }));
})();
