import { describeThrown } from "./failure.guest.ts";
import { post } from "./door.guest.ts";

let ended = false;

/** True once, for whoever says the run's last word. */
export function claimEnd(): boolean {
  const first = !ended;
  ended = true;
  return first;
}

/** What a timer or a listener throws belongs to nobody else: it fails the run, as it would end a process. */
export function reportUncaught(error: unknown): void {
  if (claimEnd()) {
    post(`f${describeThrown(error)}`);
  }
}
