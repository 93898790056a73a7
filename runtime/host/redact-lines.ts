import type { Redactor } from "#runtime/vault/redact.ts";
import type { LogLine } from "./execution.ts";

/** What stands between two lines where a value was printed across them: its own line break, or nothing. */
const JOINTS = ["\n", ""] as const;
/** A shorter beginning of a value is too common to make a line wait. */
const WAIT_FROM_CHARS = 6;
/** More lines than this do not wait, whatever they say. */
const MAX_WAITING = 100;
/** As much of the lines before as is looked at for the beginning of a value. */
const TAIL_CHARS = 16_384;

/**
 * Redacts lines one by one, and then those that a value may have been printed across as the one text that they
 * would be on a terminal: where that holds a value, they become one line without it.
 */
export function redactLines(lines: readonly LogLine[], redactor: Redactor): LogLine[] {
  return grouped(lines, redactor).flatMap((group) => redactGroup(group, redactor));
}

/** How many of the last lines end in what may be the beginning of a value: they wait for the line that follows. */
export function unfinishedLines(lines: readonly LogLine[], redactor: Redactor): number {
  const last = grouped(lines, redactor).at(-1) ?? [];
  return openEnd(last, redactor) >= WAIT_FROM_CHARS && last.length <= MAX_WAITING ? last.length : 0;
}

/** Consecutive lines stay together as long as what is before a border may go on after it. */
function grouped(lines: readonly LogLine[], redactor: Redactor): LogLine[][] {
  const groups: LogLine[][] = [];
  let group: LogLine[] = [];
  for (const line of lines) {
    if (group.length === 0 || openEnd(group, redactor) === 0) {
      group = [];
      groups.push(group);
    }
    group.push(line);
  }
  return groups;
}

function openEnd(group: readonly LogLine[], redactor: Redactor): number {
  const tail = tailOf(group);
  const joints = tail.length === 1 ? [""] : JOINTS;
  return Math.max(...joints.map((joint) => redactor.open(joined(tail, joint))));
}

/** The last lines, at least one and no more than matter. */
function tailOf(group: readonly LogLine[]): readonly LogLine[] {
  let first = group.length;
  for (let chars = 0; first > 0 && chars < TAIL_CHARS;) {
    first -= 1;
    chars += group[first]?.message.length ?? 0;
  }
  return group.slice(first);
}

function redactGroup(group: readonly LogLine[], redactor: Redactor): LogLine[] {
  const single = group.map((line) => ({
    ...line,
    message: redactor.text(line.message),
    data: redactor.json(line.data),
  }));
  const [first] = single;
  if (first === undefined || single.length === 1) {
    return single;
  }
  for (const joint of JOINTS) {
    const whole = joined(single, joint);
    const message = redactor.text(whole);
    if (message !== whole) {
      return [{ ...first, message, data: single.map(({ data }) => data).filter((data) => data !== null) }];
    }
  }
  return single;
}

function joined(lines: readonly LogLine[], joint: string): string {
  return lines.map(({ message }) => message).join(joint);
}
