/** Where a run stands. `queued` and `running` are live, the others final; the database refuses any illegal move. */
export const RUN_STATUSES = ["queued", "running", "completed", "failed", "timeout", "cancelled"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Whether nothing will happen to a run of this status any more. */
export function isFinal(status: RunStatus): boolean {
  return status !== "queued" && status !== "running";
}
