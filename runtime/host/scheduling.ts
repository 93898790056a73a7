import koffi from "koffi";

/** sched(7): such a thread runs when no other wants to, and whoever wakes up takes its processor at once. */
const SCHED_IDLE = 5;
/** struct sched_param: the priority, which is 0 for all but real-time threads. */
const NO_PRIORITY = Buffer.alloc(4);

type SetScheduler = (thread: number, policy: number, parameters: Buffer) => number;

let setScheduler: SetScheduler | null | undefined;

/** Lets a thread run only when no other wants to. False where the system cannot or will not. */
export function idle(thread: number): boolean {
  // Kept, because finding it costs more than calling it.
  setScheduler ??= findSetScheduler();
  return setScheduler?.(thread, SCHED_IDLE, NO_PRIORITY) === 0;
}

function findSetScheduler(): SetScheduler | null {
  if (process.platform !== "linux") {
    return null;
  }
  try {
    return koffi
      .load(null)
      .func("int sched_setscheduler(int pid, int policy, const void *param)") as SetScheduler;
  } catch {
    return null;
  }
}
