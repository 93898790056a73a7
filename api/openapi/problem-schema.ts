import { z } from "@hono/zod-openapi";

/** Problem details (RFC 9457), as every answer that is not a success has them. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ description: "`urn:tenon:problem:<code>`" }),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: "What happened, to what, and what to do." }),
    code: z.string().openapi({ description: "Stable: what a program should look at." }),
    requestId: z.string().openapi({ description: "Also in the header X-Request-Id and in the log." }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .openapi({ description: "The wrong fields, each with what would mend it." }),
  })
  .openapi("Problem", {
    example: {
      type: "urn:tenon:problem:TENON_INVALID",
      title: "Bad Request",
      status: 400,
      detail: '"hosts.0" must be a lower-case host such as "api.example.com".',
      code: "TENON_INVALID",
      requestId: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      errors: [{ path: "hosts.0", message: 'must be a lower-case host such as "api.example.com"' }],
    },
  });
