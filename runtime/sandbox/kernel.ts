import koffi from "koffi";

/** `syscall(2)`: pointers travel as addresses. */
export type Call = (number: number, ...values: readonly (number | bigint)[]) => number;

/** Options of prctl(2). */
export const PR_SET_PDEATHSIG = 1;
export const PR_SET_NO_NEW_PRIVS = 38;

const SECCOMP_SET_MODE_FILTER = 1;
const SECCOMP_FILTER_FLAG_TSYNC = 1;
const NUMBERS = {
  x64: { prctl: 157, seccomp: 317, fcntl: 72 },
  arm64: { prctl: 167, seccomp: 277, fcntl: 25 },
} as const;

/** Processor architectures whose system calls are known. */
export type KnownArch = keyof typeof NUMBERS;

/** This machine's architecture; throws where no numbers are known. */
export function knownArch(): KnownArch {
  const { arch } = process;
  if (arch !== "x64" && arch !== "arm64") {
    throw new Error(`no system call numbers are known for ${arch}`);
  }
  return arch;
}

/** `syscall(2)`, from the C library that this process has loaded already: no file is opened for it. */
export function connectKernel(): Call {
  const long = "long";
  const syscall = koffi.load(null).func("syscall", long, [long, long, long, long, long, long]) as (
    ...values: readonly (number | bigint)[]
  ) => number;
  return (number, first = 0, second = 0, third = 0, fourth = 0, fifth = 0) =>
    syscall(number, first, second, third, fourth, fifth);
}

/** The result of a system call, or an error that names it. */
export function check(result: number, what: string): number {
  if (result < 0) {
    throw new Error(`${what} failed with errno ${String(koffi.errno())}`);
  }
  return result;
}

/** prctl(2) with one argument. */
export function prctl(call: Call, option: number, value: number): void {
  check(call(NUMBERS[knownArch()].prctl, option, value), "prctl");
}

/** Lets a descriptor survive exec. */
export function keepOnExec(call: Call, descriptor: number): void {
  const setFlags = 2;
  check(call(NUMBERS[knownArch()].fcntl, descriptor, setFlags, 0), "fcntl");
}

/** Filters the system calls of every thread of this process, present and future. Needs no_new_privs. */
export function installFilter(call: Call, filter: Uint8Array): void {
  const instructions = koffi.alloc("uint8_t", filter.length);
  koffi.encode(instructions, "uint8_t", [...filter], filter.length);
  // struct sock_fprog: a 16-bit length, padding, a pointer.
  const program = koffi.alloc("uint64_t", 2);
  koffi.encode(program, 0, "uint64_t", BigInt(filter.length / 8));
  koffi.encode(program, 8, "uint64_t", koffi.address(instructions));
  const number = NUMBERS[knownArch()].seccomp;
  check(call(number, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, koffi.address(program)), "seccomp");
}

/** A pointer to 64-bit words. */
export function words(...values: readonly bigint[]): bigint {
  const memory = koffi.alloc("uint64_t", values.length);
  for (const [index, value] of values.entries()) {
    koffi.encode(memory, index * 8, "uint64_t", value);
  }
  return koffi.address(memory);
}
