import { z } from "zod";

/** What a courier's process is told. */
export const toCourier = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("refresh"),
    id: z.number().int(),
    request: z.strictObject({
      organizationId: z.uuid(),
      connectionId: z.uuid(),
      reason: z.enum(["due", "expired", "asked"]),
      spent: z.number().int().exactOptional(),
      leaseToken: z.uuid(),
    }),
  }),
  /** Finish what is under way, then end. */
  z.strictObject({ type: z.literal("close") }),
]);

const result = z.union([
  z.strictObject({
    status: z.enum(["refreshed", "fresh"]),
    version: z.number().int(),
    note: z.string().exactOptional(),
  }),
  z.strictObject({
    status: z.enum(["unavailable", "reauthorize", "app_misconfigured"]),
    message: z.string(),
    usable: z.boolean(),
  }),
  /** This connection's handler runs in a worker only. */
  z.strictObject({ status: z.literal("elsewhere") }),
]);

/** What it tells. No token ever crosses: both sides read and write the database. */
export const fromCourier = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("result"), id: z.number().int(), result }),
  z.strictObject({
    type: z.literal("error"),
    id: z.number().int(),
    error: z.strictObject({
      code: z.string(),
      fault: z.enum(["caller", "operator", "passing"]),
      status: z.number().int(),
      message: z.string(),
    }),
  }),
]);

export type ToCourier = z.output<typeof toCourier>;
export type FromCourier = z.output<typeof fromCourier>;
