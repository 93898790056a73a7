import { z } from "zod";

/**
 * Two queues: what a caller waits for, and everything else. A backlog of long runs never stands in front
 * of an instant one.
 */
export const QUEUES = ["instant", "background"] as const;
export type QueueName = (typeof QUEUES)[number];

/** What a job carries: ids only. No input, no secret and no credential ever enters a queue. */
export const jobPayload = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("run"), runId: z.uuid(), organizationId: z.uuid() }),
  z.strictObject({ kind: z.literal("publication"), publicationId: z.uuid(), organizationId: z.uuid() }),
]);
export type JobPayload = z.output<typeof jobPayload>;
