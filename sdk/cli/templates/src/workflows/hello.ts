import { defineWorkflow } from "tenon";
import { z } from "zod";

export default defineWorkflow(
  {
    slug: "hello",
    // "instant": whoever starts a run gets its result as the answer. "standard" runs in the background.
    tier: "instant",
    timeout: "10s",
    input: z.object({ name: z.string().min(1).default("world") }),
    // All that this workflow may touch. Add secrets, variables and hosts here, then use them by ctx:
    // needs: { secrets: { CRM_KEY: {} }, variables: { REGION: {} }, egress: ["api.example.com"] },
  },
  async (ctx, { name }) => {
    ctx.log.info("greeting", { name, attempt: ctx.run.attempt });
    return { greeting: `Hello, ${name}!` };
  },
);
