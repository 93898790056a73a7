import { defineWorkflow } from "tenon";
import { z } from "zod";

/**
 * Waits for a slow report. Each request has its own deadline, the attempt has a timeout, and a failed attempt
 * is tried again: after 10 s, 30 s, then a minute.
 */
export default defineWorkflow(
  {
    slug: "poll-report",
    tier: "standard",
    timeout: "5m",
    input: z.object({ reportId: z.uuid(), everyMs: z.number().int().min(100).default(2_000) }),
    needs: { egress: ["reports.example.com"] },
    retry: { maxAttempts: 4, initialInterval: "10s", backoffCoefficient: 3, maxInterval: "60s" },
  },
  async (ctx, { reportId, everyMs }) => {
    for (let poll = 1; ; poll++) {
      // Ends the loop when the run is cancelled or its time is over.
      ctx.signal.throwIfAborted();
      const response = await ctx.fetch(`https://reports.example.com/reports/${reportId}`, {
        signal: AbortSignal.timeout(5_000),
      });
      if (response.status === 200) {
        return { reportId, polls: poll, report: (await response.json()) as unknown };
      }
      if (response.status !== 202) {
        throw new Error(`The report ${reportId} failed: ${String(response.status)}.`);
      }
      ctx.log.debug("not ready yet", { poll, attempt: ctx.run.attempt });
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  },
);
