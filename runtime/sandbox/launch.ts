import { connectKernel, installFilter, keepOnExec, PR_SET_NO_NEW_PRIVS, prctl } from "./kernel.ts";
import { ringFilter } from "./seccomp-filter.ts";

/**
 * The first stage of a sandbox process on Linux: forbids io_uring, then becomes the second stage by exec.
 * libuv makes an io_uring while Node starts and aborts when it is taken away later; kept, it would be a way
 * around the seccomp filter (its requests are no system calls). Without it from the start, libuv uses epoll.
 */
const CHANNEL = 3;
const WITHOUT_RING = "--without-ring";

let withoutRing = false;
try {
  const call = connectKernel();
  // Node marks inherited descriptors close-on-exec; the channel must survive.
  keepOnExec(call, CHANNEL);
  prctl(call, PR_SET_NO_NEW_PRIVS, 1);
  installFilter(call, ringFilter());
  withoutRing = true;
} catch (error) {
  // The second stage reports that it is not locked; the worker decides whether that is enough.
  process.stderr.write(`first stage: ${error instanceof Error ? error.message : String(error)}\n`);
}
// Evaluated, not run from a file: node's arguments begin after its own name.
const rest = process.argv.slice(1);
process.execve?.(process.execPath, [process.execPath, ...rest, ...(withoutRing ? [WITHOUT_RING] : [])], {});
