import type { Ctx } from "tenon";

/** The plain form: a function and nothing else. It may compute and log; whatever it would reach has to be declared. */
export default async function (ctx: Ctx<{ readonly name?: string } | null>) {
  const name = ctx.input?.name ?? ctx.customer?.name ?? "world";
  ctx.log.info("greeting", { name, environment: ctx.environment.slug });
  return { greeting: `Hello, ${name}!` };
}
