import type { KnownArch } from "./kernel.ts";
import { ALLOWED, CONDITIONAL } from "./syscalls.ts";

/** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 of linux/audit.h. */
const AUDIT_ARCH = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;

const RET_KILL_PROCESS = 0x80000000;
const RET_ALLOW = 0x7fff0000;
const RET_ERRNO = 0x00050000;
const EPERM = 1;
const ENOSYS = 38;

const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const JUMP_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
const JUMP_SET = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K

// Offsets in struct seccomp_data; 64-bit arguments are read as their low and high words (little endian).
const NUMBER = 0;
const ARCH = 4;
const low = (argument: number): number => 16 + argument * 8;
const high = (argument: number): number => low(argument) + 4;

/** The x32 ABI shares AUDIT_ARCH_X86_64 and marks its numbers with this bit; none of them is allowed. */
const X32_BIT = 0x40000000;
const CLONE_THREAD = 0x00010000;
const PR_SET_NAME = 15;
const PR_GET_NAME = 16;
/** PR_SET_VMA: V8 names its memory ranges. */
const PR_SET_VMA = 0x53564d41;
const FIOCLEX = 0x5451;
const FIONBIO = 0x5421;
/** F_DUPFD to F_SETFL, and F_DUPFD_CLOEXEC. F_SETOWN and F_SETSIG would have the kernel signal the worker. */
const FCNTL_COMMANDS = [0, 1, 2, 3, 4, 1030];

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, k: number];

const load = (offset: number): Instruction => [LOAD, 0, 0, offset];
const give = (action: number): Instruction => [RETURN, 0, 0, action];
const allow = give(RET_ALLOW);
const refuse = give(RET_ERRNO | EPERM);

/** Runs `body` when the loaded system call number is `number`; every body ends in a return. */
function whenNumber(number: number, body: readonly Instruction[]): Instruction[] {
  return [[JUMP_EQUAL, 0, body.length, number], ...body];
}

/** Allows when the low word of `argument` is one of `values`. */
function whenArgument(argument: number, values: readonly number[]): Instruction[] {
  const tests = values.flatMap((value): Instruction[] => [[JUMP_EQUAL, 0, 1, value], allow]);
  return [load(low(argument)), ...tests, refuse];
}

/** Allows when every one of these words is zero. */
function whenZero(offsets: readonly number[]): Instruction[] {
  return [
    ...offsets.flatMap((offset): Instruction[] => [load(offset), [JUMP_EQUAL, 1, 0, 0], refuse]),
    allow,
  ];
}

/** The filter as the kernel takes it: an array of struct sock_filter (8 bytes each). */
export function seccompFilter(arch: KnownArch, pid: number): Uint8Array {
  const column = arch === "x64" ? 0 : 1;
  const allowed = Object.values(ALLOWED).flatMap((numbers) => numbers[column] ?? []);
  const program: Instruction[] = [
    load(ARCH),
    [JUMP_EQUAL, 1, 0, AUDIT_ARCH[arch]],
    give(RET_KILL_PROCESS),
    load(NUMBER),
    [JUMP_AT_LEAST, 0, 1, X32_BIT],
    refuse,
    ...allowed.flatMap((number) => whenNumber(number, [allow])),
    // Threads yes, processes no. clone3 hides its flags in memory: without it, C libraries fall back to clone.
    ...whenNumber(CONDITIONAL.clone[column], [load(low(0)), [JUMP_SET, 0, 1, CLONE_THREAD], allow, refuse]),
    ...whenNumber(CONDITIONAL.clone3[column], [give(RET_ERRNO | ENOSYS)]),
    ...whenNumber(CONDITIONAL.prctl[column], whenArgument(0, [PR_SET_NAME, PR_GET_NAME, PR_SET_VMA])),
    ...whenNumber(CONDITIONAL.fcntl[column], whenArgument(1, FCNTL_COMMANDS)),
    ...whenNumber(CONDITIONAL.ioctl[column], whenArgument(1, [FIONBIO, FIOCLEX])),
    ...whenNumber(CONDITIONAL.kill[column], whenArgument(0, [pid])),
    ...whenNumber(CONDITIONAL.tgkill[column], whenArgument(0, [pid])),
    // Reading its own limits only: pid 0, no new limit.
    ...whenNumber(CONDITIONAL.prlimit64[column], whenZero([low(0), low(2), high(2)])),
    refuse,
  ];
  return encode(program);
}

/** A filter that forbids making an io_uring, and nothing else. */
export function ringFilter(): Uint8Array {
  const ioUringSetup = 425; // the same number on every architecture
  return encode([load(NUMBER), ...whenNumber(ioUringSetup, [give(RET_ERRNO | ENOSYS)]), allow]);
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  for (const [index, [code, jumpTrue, jumpFalse, k]] of program.entries()) {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, jumpTrue);
    bytes.setUint8(index * 8 + 3, jumpFalse);
    bytes.setUint32(index * 8 + 4, k >>> 0, true);
  }
  return new Uint8Array(bytes.buffer);
}
