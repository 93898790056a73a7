import { describeThrown } from "./failure.guest.ts";
import { post } from "./door.guest.ts";

let ended = false;
let witness: ((error: unknown) => boolean) | null = null;
let witnessing = false;

/** True once, for whoever says the run's last word. */
export function claimEnd(): boolean {
  const first = !ended;
  ended = true;
  return first;
}

/** Sets who sees uncaught errors first, and may take one upon itself by saying true. */
export function setWitness(known: (error: unknown) => boolean): void {
  witness = known;
}

/** What a timer or a listener throws belongs to nobody else: it fails the run, as it would end a process. */
export function reportUncaught(error: unknown): void {
  if (!isTaken(error) && claimEnd()) {
    post(`f${describeThrown(error)}`);
  }
}

/** What a witness itself throws has no witness. */
function isTaken(error: unknown): boolean {
  if (witness === null || witnessing) {
    return false;
  }
  witnessing = true;
  try {
    return witness(error);
  } catch {
    return false;
  } finally {
    witnessing = false;
  }
}
