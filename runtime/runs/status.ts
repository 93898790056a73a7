/** Where a run stands. `queued` and `running` are live; the others are final. */
export const RUN_STATUSES = ["queued", "running", "completed", "failed", "timeout", "cancelled"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** The legal moves. A running run goes back to `queued` for a retry, or when its worker was lost. */
const MOVES: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ["running", "cancelled", "failed"],
  running: ["completed", "failed", "timeout", "cancelled", "queued"],
  completed: [],
  failed: [],
  timeout: [],
  cancelled: [],
};

/** Whether a run may go from one status to the other. */
export function mayMove(from: RunStatus, to: RunStatus): boolean {
  return MOVES[from].includes(to);
}

/** Whether nothing will happen to a run of this status any more. */
export function isFinal(status: RunStatus): boolean {
  return MOVES[status].length === 0;
}
